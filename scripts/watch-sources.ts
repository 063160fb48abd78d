import { watch } from 'node:fs'
import { join } from 'node:path'

/** Editors write a file several times, git many files: what comes that soon is one change. */
const SETTLE_MS = 200

/**
 * Watches folders of the project for files that programs are made of.
 * @param onChange gets the paths of what changed, from `project` on; not called again before it has ended
 * @returns what ends that
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

/** Not what editors leave beside a file, and no test. */
const isSource = (name: string): boolean => /(?<!\.test)\.ts$|\.sql$/.test(name)
