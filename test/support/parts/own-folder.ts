import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { guardFolder } from '../../../stack/processes/guard-folder.ts'
import { endLeftovers, lockFolder } from '../../../stack/processes/process-book.ts'

/** A folder for parts that one test has for itself. They end and it goes away when the test ends. */
export function ownFolder(): string {
  const { folder, close } = openFolder()
  onTestFinished(close)
  return folder
}

/** The same for the tests of a file. `close` ends the parts and removes the folder. */
export function openFolder(): { folder: string; close: () => void } {
  // Named as the run's own, so that the next run clears what a run that was ended in the middle has left.
  const folder = mkdtempSync(fileURLToPath(new URL('../../../.rollcall/test-', import.meta.url)))
  // Postgres runs as another user when this one is root, and has to get in.
  chmodSync(folder, 0o755)
  const unlock = lockFolder(folder)
  guardFolder(folder)
  return {
    folder,
    close: () => {
      endLeftovers(folder)
      unlock()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const logsIn = (folder: string): string => join(folder, 'log')
