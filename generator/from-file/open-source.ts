import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openFile } from './open-file.ts'
import { openStream } from './open-stream.ts'
import { openUrl } from './open-url.ts'
import type { Source } from './source.ts'

/**
 * Opens what `--from` names.
 * @param folder the folder that relative paths start from
 * @throws {Error} in one line
 */
export async function openSource(from: string, folder: string, stop: AbortSignal): Promise<Source> {
  if (from === '-') return openStream('standard input', process.stdin, stop)
  // A scheme has two letters at least: a single one is a drive of Windows.
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(from)?.[1]?.toLowerCase()
  if (scheme === undefined) return openFile(resolve(folder, from), stop)
  if (scheme === 'file') return openFile(fileURLToPath(from), stop)
  if (!URL.canParse(from)) throw new Error('--from has a URL that is not valid')
  if (scheme === 'http' || scheme === 'https') return openUrl(new URL(from), stop)
  throw new Error(`--from takes http and https, not ${scheme}`)
}
