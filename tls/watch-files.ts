import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/**
 * How often files are looked at. Mounted secrets change by symbolic links, which the system's notices of changes
 * miss.
 */
const LOOK_EVERY_MS = 10_000

/**
 * Calls `onChange` when the contents of files have changed. A file that cannot be read is as it was. The watch keeps no process
 * alive.
 * @returns ends the watch
 */
export function watchFiles(
  paths: readonly string[],
  onChange: () => void,
  everyMs = LOOK_EVERY_MS,
): () => void {
  let known = fingerprint(paths)
  const timer = setInterval(() => {
    const now = fingerprint(paths)
    if (now === null || now === known) return
    known = now
    onChange()
  }, everyMs)
  timer.unref()
  return () => {
    clearInterval(timer)
  }
}

function fingerprint(paths: readonly string[]): string | null {
  try {
    const hash = createHash('sha256')
    for (const path of paths) hash.update(readFileSync(path)).update('\0')
    return hash.digest('base64')
  } catch {
    return null
  }
}
