import { fileURLToPath } from 'node:url'
import type { Supervised } from '../stack/processes/supervisor.ts'
import { watchSources } from './watch-sources.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
/** Folders that both worker and API import (eslint.config.mjs). */
const SHARED = [
  'audit',
  'concurrency',
  'config',
  'db',
  'domain',
  'kafka',
  'probes',
  'metrics',
  'signatures',
  'temporal',
  'tls',
  'tracing',
  'workflows',
]
const SOURCES = [
  { role: 'worker', folders: [...SHARED, 'activities', 'worker'] },
  { role: 'api', folders: [...SHARED, 'api'] },
]

/** All folders that worker or API import. */
export const sourceFolders = [...new Set(SOURCES.flatMap(({ folders }) => folders))]

/** The roles that import from the folder of one of these files. */
export const rolesOf = (files: readonly string[]): string[] =>
  SOURCES.filter(({ folders }) =>
    files.some((file) => folders.some((folder) => file.startsWith(`${folder}/`))),
  ).map(({ role }) => role)

/**
 * Restarts worker and API when one of their source files changes, and reports that.
 * @param prepare migrates the schema and bundles the workflows after a change; returns the environment of
 * each role. If it fails, nothing is restarted.
 * @returns a function that ends the watch
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
      say(`${what}: ${names.join(' and ')} restarted`)
    } catch (error) {
      const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      say(`${what}; ${names.join(' and ')} not restarted: ${why}`)
    }
  })
}
