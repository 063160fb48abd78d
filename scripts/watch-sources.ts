import { watch } from 'node:fs'
import { join } from 'node:path'

/**
 * Changes that follow each other within this time are one: editors write a file several times, git writes
 * many files.
 */
const SETTLE_MS = 200

/**
 * Watches folders of the project for changes of source files.
 * @param onChange gets the changed paths relative to `project`; is not called again before it has ended
 * @returns a function that ends the watch
 */
export function watchSources(
  project: string,
  folders: readonly string[],
  onChange: (files: string[]) => Promise<void>,
): () => void {
  const changed = new Set<string>()
  let settling: NodeJS.Timeout | undefined
  let telling = Promise.resolve()
  const tell = () => {
    const files = [...changed].sort()
    changed.clear()
    telling = telling.then(() => onChange(files))
  }
  const watchers = folders.map((folder) =>
    watch(join(project, folder), { recursive: true }, (_, name) => {
      if (name === null || !isSource(name)) return
      changed.add(join(folder, name))
      clearTimeout(settling)
      settling = setTimeout(tell, SETTLE_MS)
    }),
  )
  return () => {
    clearTimeout(settling)
    for (const watcher of watchers) watcher.close()
  }
}

/** Whether a file is a source: neither a test nor a file that an editor leaves beside one. */
const isSource = (name: string): boolean => /(?<!\.test)\.ts$|\.sql$/.test(name)
