import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { endLeftovers, lockFolder } from './process-book.ts'

/**
 * Ends and removes what killed runs have left: the folders in `parent` whose name starts with `prefix` and that no
 * live process holds. Returns their names.
 */
export function removeAbandonedFolders(parent: string, prefix: string): string[] {
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix))
    .filter((name) => removeAbandoned(join(parent, name)))
}

function removeAbandoned(folder: string): boolean {
  // A folder without a lock may be one that a run has just made.
  if (!existsSync(join(folder, 'lock'))) return false
  try {
    lockFolder(folder)
  } catch {
    return false
  }
  endLeftovers(folder)
  rmSync(folder, { recursive: true, force: true })
  return true
}
