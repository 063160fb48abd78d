import { fileURLToPath } from 'node:url'
import type { Supervised } from '../stack/processes/supervisor.ts'
import { watchSources } from './watch-sources.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
/** Folders that each is made of (eslint.config.mjs). */
const SHARED = ['concurrency', 'config', 'db', 'domain', 'kafka', 'probes', 'temporal', 'workflows']
const SOURCES = [
  { role: 'worker', folders: [...SHARED, 'activities', 'worker'] },
  { role: 'api', folders: [...SHARED, 'api'] },
]

/** Folders whose files worker or API are made of. */
export const sourceFolders = [...new Set(SOURCES.flatMap(({ folders }) => folders))]

/** The roles that are made of one of these files. */
export const rolesOf = (files: readonly string[]): string[] =>
  SOURCES.filter(({ folders }) =>
    files.some((file) => folders.some((folder) => file.startsWith(`${folder}/`))),
  ).map(({ role }) => role)

/**
 * Starts worker and API again when a file that they are made of changes, and says so.
 * @param prepare brings the schema and the bundled workflows up to the change; gives the environment of a role. When it
 * fails, all go on as they were.
 * @returns what ends that
 */
export function restartOnChange(
  roles: readonly Supervised[],
  prepare: () => Promise<(role: string) => Record<string, string>>,
  say: (line: string) => void,
): () => void {
  return watchSources(project, sourceFolders, async (files) => {
    const names = rolesOf(files)
    const what = `${files[0] ?? ''}${files.length > 1 ? ` and ${files.length - 1} more` : ''} changed`
    try {
      const environmentOf = await prepare()
      const changed = roles.filter(({ name }) => names.includes(name))
      await Promise.all(changed.map((role) => role.restart({ env: environmentOf(role.name) })))
      say(`${what}: ${names.join(' and ')} started again`)
    } catch (error) {
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      say(`${what}; ${names.join(' and ')} not started again: ${why}`)
    }
  })
}
