import { isIPv6 } from 'node:net'
import { z } from 'zod'
import { contradictions } from './contradictions.ts'
import { postgresUrlProblem } from './postgres-url.ts'
import { isTopicName } from './topic-name.ts'

/** A whole number in a range, written in the environment as decimal digits. */
const integer = (fallback: number, min: number, max: number) =>
  z
    .string()
    .default(String(fallback))
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
    })
    .transform(Number)

const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text) => text.split(',').map((item) => item.trim()))
    .transform((items) => items.filter((item) => item !== ''))

const isHostPort = (text: string): boolean => {
  const port = Number(/^(?:[^\s:/]+|\[[0-9a-fA-F:]+\]):(\d+)$/.exec(text)?.[1] ?? 0)
  return port >= 1 && port <= 65_535
}

/** Several, separated by commas; at most `most`. */
const hostPorts = (fallback: string, most: number) =>
  list(fallback).refine((items) => items.length > 0 && items.length <= most && items.every(isHostPort), {
    error: `must be ${most === 1 ? 'one host:port' : 'host:port, several separated by commas'}, with a port from 1 to 65535`,
  })

/** What a server listens on: its port is a setting of its own. */
const listenHost = z
  .string()
  .default('127.0.0.1')
  .refine((text) => isIPv6(text) || /^[a-zA-Z0-9._-]+$/.test(text), {
    error: 'must be a host name or an IP address, without a port and without brackets',
  })

const postgresUrl = (text: string, context: z.RefinementCtx): void => {
  const message = postgresUrlProblem(text)
  if (message !== null) context.addIssue({ code: 'custom', message })
}

const topicName = (fallback: string) =>
  z.string().default(fallback).refine(isTopicName, {
    error: 'must be a Kafka topic name: 1 to 249 letters, digits, dots, underscores or hyphens, not . or ..',
  })

const environment = z.object({
  KAFKA_BROKERS: hostPorts('127.0.0.1:9092', Infinity),
  KAFKA_TOPIC: topicName('user-login'),
  KAFKA_PROCESSED_TOPIC: topicName('processed-data'),
  KAFKA_DLQ_TOPIC: topicName('user-login-dlq'),
  KAFKA_GROUP_ID: z.string().min(1).default('rollcall'),
  /** Partitions of topics that Rollcall creates; existing topics keep theirs. */
  KAFKA_PARTITIONS: integer(4, 1, 10_000),
  KAFKA_REPLICATION_FACTOR: integer(1, 1, 32),
  DATABASE_URL: z
    .string()
    .default('postgres://rollcall:rollcall@127.0.0.1:5432/rollcall')
    .superRefine(postgresUrl),
  DATABASE_REPLICA_URLS: list('').superRefine((urls, context) => {
    for (const url of urls) postgresUrl(url, context)
  }),
  TEMPORAL_ADDRESS: hostPorts('127.0.0.1:7233', 1).transform((items) => items[0] ?? ''),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('rollcall'),
  API_HOST: listenHost,
  API_PORT: integer(4000, 0, 65_535),
  /** Names that the API is reached by, beside IP addresses and localhost. */
  API_ALLOWED_HOSTS: list('')
    .transform((names) => names.map((name) => name.toLowerCase()))
    .refine((names) => names.every((name) => /^[a-z0-9._-]+$/.test(name)), {
      error: 'must be host names without scheme and port, several separated by commas',
    }),
  API_QUESTIONS_PER_SECOND: integer(100, 1, 1_000_000),
  WORKER_HOST: listenHost,
  WORKER_PORT: integer(4001, 0, 65_535),
  /** Logins per insight message of a partition; 0 = none. */
  INSIGHT_SIZE: integer(100, 0, 100_000),
  /** Days that accepted logins are kept as rows; 0 = no rows, counts only. */
  LOGIN_RETENTION_DAYS: integer(30, 0, 3650),
  /** A batch closes at the first of the two. */
  BATCH_MAX_BYTES: integer(2 * 1024 * 1024, 1024, 64 * 1024 * 1024),
  BATCH_MAX_RECORDS: integer(10_000, 1, 100_000),
  /** Records larger than this are rejected as too_large. */
  LOGIN_MAX_BYTES: integer(64 * 1024, 256, 16 * 1024 * 1024),
  /** Events longer ago are rejected: each day with an event costs space, and no retention takes counts of days away. */
  EVENT_MAX_AGE_DAYS: integer(3_653, 1, 36_525),
  /** More rejects than this share of REJECT_HALT_WINDOW records halt a partition before they are written; 100 = never. */
  REJECT_HALT_PERCENT: integer(50, 1, 100),
  REJECT_HALT_WINDOW: integer(1_000, 1, 1_000_000),
  /** More parked parts of batches than this, without a whole batch between them, halt a partition. */
  PARKED_IN_A_ROW: integer(10, 0, 100_000),
  /** Minutes from one reconciliation by the workers to the next; 0 = none. */
  MINUTE_RETENTION_DAYS: integer(90, 0, 3650),
  RECONCILE_EVERY_MINUTES: integer(5, 0, 1440),
  WORKFLOW_BUNDLE: z.string().min(1).optional(),
  GENERATE_RATE: integer(2, 0, 1_000_000),
  GENERATE_USERS: integer(5_000, 1, 10_000_000),
  /** original: logins as the original generator writes them; mixed: all that a real topic holds (generator/scenario.ts). */
  GENERATE_SCENARIO: z.enum(['original', 'mixed']).default('original'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
})

const wholeEnvironment = environment.superRefine(
  (settings, context) => {
    for (const { setting, message } of contradictions(settings))
      context.addIssue({ code: 'custom', path: [setting], message })
  },
  // Also beside settings that are wrong by themselves: all problems are said at once.
  { when: () => true },
)

export type Config = {
  kafka: {
    brokers: string[]
    topic: string
    processedTopic: string
    dlqTopic: string
    groupId: string
    partitions: number
    replicationFactor: number
  }
  database: { url: string; replicaUrls: string[] }
  temporal: { address: string; namespace: string; taskQueue: string }
  api: { host: string; port: number; allowedHosts: string[]; questionsPerSecond: number }
  worker: {
    host: string
    port: number
    /** File with the bundled workflows, made by worker/bundle-workflows.ts; null: the worker bundles them itself. */
    workflowBundle: string | null
  }
  ingest: {
    insightSize: number
    batchMaxBytes: number
    batchMaxRecords: number
    loginMaxBytes: number
    /** Events more days than this before the clock are rejected. */
    eventMaxAgeDays: number
    /** As domain/batch/flood-guard.ts takes it. */
    flood: { windowRecords: number; rejectPercent: number; parkedInARow: number }
  }
  /** How long login rows and counts of minutes are kept; 0: no rows at all, minutes for ever. */
  retention: { loginDays: number; minuteDays: number }
  reconciliation: { everyMinutes: number }
  generator: { ratePerSecond: number; users: number; scenario: 'original' | 'mixed' }
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error'
}

export const settingNames: readonly string[] = Object.keys(environment.shape)

/** Every problem of the environment at once; `message` is a list, a line a variable. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the configuration from environment variables. Unset and empty variables take their defaults.
 * @throws {ConfigError} naming every variable that is wrong and what it must be
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = wholeEnvironment.safeParse(given)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigError(`The environment has ${lines.length} problem(s):\n${lines.join('\n')}`)
  }
  return arrange(parsed.data)
}

const arrange = (env: z.infer<typeof environment>): Config => ({
  kafka: {
    brokers: env.KAFKA_BROKERS,
    topic: env.KAFKA_TOPIC,
    processedTopic: env.KAFKA_PROCESSED_TOPIC,
    dlqTopic: env.KAFKA_DLQ_TOPIC,
    groupId: env.KAFKA_GROUP_ID,
    partitions: env.KAFKA_PARTITIONS,
    replicationFactor: env.KAFKA_REPLICATION_FACTOR,
  },
  database: { url: env.DATABASE_URL, replicaUrls: env.DATABASE_REPLICA_URLS },
  temporal: {
    address: env.TEMPORAL_ADDRESS,
    namespace: env.TEMPORAL_NAMESPACE,
    taskQueue: env.TEMPORAL_TASK_QUEUE,
  },
  api: {
    host: env.API_HOST,
    port: env.API_PORT,
    allowedHosts: env.API_ALLOWED_HOSTS,
    questionsPerSecond: env.API_QUESTIONS_PER_SECOND,
  },
  worker: {
    host: env.WORKER_HOST,
    port: env.WORKER_PORT,
    workflowBundle: env.WORKFLOW_BUNDLE ?? null,
  },
  ingest: {
    insightSize: env.INSIGHT_SIZE,
    batchMaxBytes: env.BATCH_MAX_BYTES,
    batchMaxRecords: env.BATCH_MAX_RECORDS,
    loginMaxBytes: env.LOGIN_MAX_BYTES,
    eventMaxAgeDays: env.EVENT_MAX_AGE_DAYS,
    flood: {
      windowRecords: env.REJECT_HALT_WINDOW,
      rejectPercent: env.REJECT_HALT_PERCENT,
      parkedInARow: env.PARKED_IN_A_ROW,
    },
  },
  retention: {
    loginDays: env.LOGIN_RETENTION_DAYS,
    minuteDays: env.MINUTE_RETENTION_DAYS,
  },
  reconciliation: { everyMinutes: env.RECONCILE_EVERY_MINUTES },
  generator: {
    ratePerSecond: env.GENERATE_RATE,
    users: env.GENERATE_USERS,
    scenario: env.GENERATE_SCENARIO,
  },
  logLevel: env.LOG_LEVEL,
})
