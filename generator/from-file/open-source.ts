import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openFile } from './open-file.ts'
import { openStream } from './open-stream.ts'
import { openUrl } from './open-url.ts'
import type { Source } from './source.ts'

/**
 * Opens what `--from` names.
 * @param folder what a relative path begins at
 * @throws {Error} in one line
 */
export async function openSource(from: string, folder: string, stop: AbortSignal): Promise<Source> {
  if (from === '-') return openStream('standard input', process.stdin, stop)
  // One letter is a drive.
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(from)?.[1]?.toLowerCase()
  if (scheme === undefined) return openFile(resolve(folder, from), stop)
  if (scheme === 'file') return openFile(fileURLToPath(from), stop)
  if (!URL.canParse(from)) throw new Error(`--from has an URL that can't be read`)
  if (scheme === 'http' || scheme === 'https') return openUrl(new URL(from), stop)
  throw new Error(`--from takes http and https, not ${scheme}`)
}
