import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { endLeftovers, lockFolder } from './process-book.ts'

/**
 * Removes what killed runs have left, and ends their processes: the folders in `parent` whose name starts
 * with `prefix` and that no live process has locked. Returns the names of the folders.
 */
export function removeAbandonedFolders(parent: string, prefix: string): string[] {
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix))
    .filter((name) => removeAbandoned(join(parent, name)))
}

function removeAbandoned(folder: string): boolean {
  // A folder without a lock may belong to a run that has just created it.
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
