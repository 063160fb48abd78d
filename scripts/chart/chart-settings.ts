import { z } from 'zod'
import { settingGroups, settings } from '../../config/settings.ts'

/** What reads settings in the chart deploy/helm/rollcall: three roles, and the two Jobs before them. */
export type Reader = 'worker' | 'upkeep' | 'api' | 'topics' | 'migrate'

const ROLES: readonly Reader[] = ['worker', 'upkeep', 'api']

/** Who reads the settings of a group; those of other groups all roles read. */
const readersOfGroup: Record<string, readonly Reader[]> = {
  Kafka: [...ROLES, 'topics'],
  API: ['api'],
  Identity: ['api'],
  Worker: ['worker', 'upkeep'],
  Logging: [...ROLES, 'topics', 'migrate'],
}

/** Exceptions to the group. Whoever has the signing key and the database can make another audit: the API does not get it. */
const readersOf: Record<string, readonly Reader[]> = {
  AUDIT_READS: ['api'],
  AUDIT_SIGNING_KEY_FILE: ['worker', 'upkeep'],
  AUDIT_RETENTION_DAYS: [...ROLES, 'migrate'],
}

/** Settings that are not among the values `settings` and `files` of the chart, and why. */
export const unreachable: Record<string, string> = {
  ...because('the chart makes it of `postgres`', [
    ...['DATABASE_URL', 'DATABASE_REPLICA_URLS', 'DATABASE_PASSWORD', 'DATABASE_PASSWORD_FILE'],
    ...['DATABASE_ADMIN_URL', 'DATABASE_ADMIN_PASSWORD', 'DATABASE_ADMIN_PASSWORD_FILE'],
    ...['MIGRATE', 'INGEST', 'API'].flatMap((role) => [
      `DATABASE_${role}_PASSWORD`,
      `DATABASE_${role}_PASSWORD_FILE`,
    ]),
  ]),
  ...because('probes, Services and policies know it: it is fixed in a pod', [
    ...['API_HOST', 'API_PORT', 'WORKER_HOST', 'WORKER_PORT', 'METRICS_HOST', 'API_METRICS_PORT'],
    ...['WORKER_METRICS_PORT', 'TEMPORAL_METRICS_PORT'],
  ]),
  WORKER_UPKEEP: 'the value `upkeep.separate` says it',
  WORKFLOW_BUNDLE: 'a file of a volume could be of another version than the worker',
  ...because('the chart has no generator', ['GENERATE_RATE', 'GENERATE_USERS', 'GENERATE_SCENARIO']),
}

function because(reason: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, reason]))
}

const property = z.object({
  accepts: z.string(),
  description: z.string(),
  default: z.string().optional(),
  enum: z.array(z.string()).optional(),
})
const inputs = z.object({ properties: z.record(z.string(), property) })

/** A setting as the chart has it: among `settings`, or among `files` where it names a file. */
export type ChartSetting = z.infer<typeof property> & {
  name: string
  isFile: boolean
  readers: readonly Reader[]
}

/** All settings that values give by their own names. A secret is none of them where a file can stand for it. */
export function chartSettings(): ChartSetting[] {
  const { properties } = inputs.parse(z.toJSONSchema(settings, { io: 'input' }))
  return Object.entries(settingGroups).flatMap(([group, names]) =>
    names
      .filter((name) => unreachable[name] === undefined && !isSecret(name, properties))
      .map((name) => {
        const found = property.parse(properties[name])
        const readers = readersOf[name] ?? readersOfGroup[group] ?? ROLES
        return { ...found, name, readers, isFile: isPath(found.accepts) }
      }),
  )
}

/** Whether a setting is a secret for which a file can stand. */
export const isSecret = (name: string, properties: Record<string, unknown>): boolean =>
  properties[`${name}_FILE`] !== undefined

const isPath = (accepts: string): boolean => /^(a path|paths\b)/.test(accepts)
