import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../../..', import.meta.url))

/** Every document of the project, as paths from its root. */
export const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: project }).sort()

/** The documents that show GraphQL. */
export const pages = [
  'README.md',
  'docs/analytics.md',
  'docs/getting-started.md',
  'docs/live.md',
  'docs/operations.md',
  'docs/runbook.md',
  'docs/schema-changes.md',
]

export const textOf = (document: string): string =>
  readFileSync(new URL(`../../../${document}`, import.meta.url), 'utf8')

/** The fenced blocks of a page of Markdown in one language, in order; those inside of lists, too. */
export function blocksOf(page: string, language: 'graphql' | 'js' | 'sh'): string[] {
  return [...textOf(page).matchAll(FENCED)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => block ?? '')
}

/** The text of a document without its fenced blocks. */
export const proseOf = (document: string): string => textOf(document).replaceAll(FENCED, '')

const FENCED = /^ *```(\w*)\n(.*?)^ *```$/gms
