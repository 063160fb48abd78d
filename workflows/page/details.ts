// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- here, all of it is Markdown with values escaped
import { setCurrentDetails } from '@temporalio/workflow'
import type { Markdown } from './markdown.ts'

/** Shows Markdown on the page of this workflow in the Web UI, which renders it. */
export function showDetails({ text }: Markdown): void {
  setCurrentDetails(text)
}
