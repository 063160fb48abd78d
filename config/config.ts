import type { z } from 'zod'
import type { ServerFiles } from '../tls/serve-tls.ts'
import type { TlsClient } from '../tls/tls-client.ts'
import type { RoleGroups } from '../domain/access/role.ts'
import { type AuditConfig, auditOf } from './audit.ts'
import { type Bootstrap, bootstrapOf } from './bootstrap-settings.ts'
import { contradictions } from './contradictions.ts'
import { type IdentityConfig, identityOf } from './identity.ts'
import { type LdapConfig, ldapOf } from './ldap.ts'
import { isLoopback } from './loopback.ts'
import { type MetricsConfig, metricsOf } from './metrics-settings.ts'
import { type Secret, secretOf } from './secret.ts'
import { settings } from './settings.ts'
import type { TracingOptions } from '../tracing/options.ts'
import { tracingOf } from './tracing.ts'
import { publicHosts, type SignInConfig, signInOf } from './sign-in.ts'
import {
  databasePassword,
  kafkaSasl,
  kafkaTls,
  type Sasl,
  serverTls,
  temporalApiKey,
  temporalTls,
} from './wires.ts'

const wholeEnvironment = settings.superRefine(
  (given, context) => {
    for (const { setting, message } of contradictions(given))
      context.addIssue({ code: 'custom', path: [setting], message })
  },
  // Runs even if single settings are wrong, so that all problems are reported at once.
  { when: () => true },
)

export type Config = {
  kafka: {
    brokers: string[]
    topic: string
    processedTopic: string
    dlqTopic: string
    auditHeadsTopic: string
    groupId: string
    partitions: number
    replicationFactor: number
    /** Null: plaintext. */
    tls: TlsClient | null
    /** Null: without sign-in, or with the client certificate. */
    sasl: Sasl | null
  }
  /** Each URL says how its wire is encrypted (db/connection/postgres-wire.ts). */
  database: {
    url: string
    replicaUrls: string[]
    /** For the users of URLs without a password. */
    password?: Secret
  }
  /** Of `npm run migrate -- --bootstrap`. */
  bootstrap: Bootstrap
  temporal: {
    address: string
    namespace: string
    taskQueue: string
    /** Null: plaintext. */
    tls: TlsClient | null
    apiKey: Secret | null
  }
  api: {
    host: string
    port: number
    allowedHosts: string[]
    allowedOrigins: string[]
    /** Addresses and networks whose X-Forwarded-For is believed. */
    trustedProxies: string[]
    /** File with the persisted documents; null: there are none. */
    documents: string | null
    documentsOnly: boolean
    /** Whether clients may ask for the schema, and whether there is a page to try questions. */
    explorer: { introspection: boolean; graphiql: boolean }
    questionsPerSecond: number
    clientMsPerSecond: number
    subscriptions: { all: number; perClient: number }
    /** Which requests are logged. */
    accessLog: 'all' | 'refused' | 'off'
    /** How long it goes on answering, unready, when it is told to stop. */
    drainSeconds: number
    /** Null: HTTP. */
    tls: ServerFiles | null
  }
  /** Null: local mode, in which anyone may ask and command everything. */
  identity: IdentityConfig | null
  /** How people sign in in a browser; null: nobody does. */
  signIn: SignInConfig | null
  /** Null: nobody signs in by a directory. */
  ldap: LdapConfig | null
  /** The groups whose members have each role. */
  roleGroups: RoleGroups
  serviceTokens: { maxDays: number }
  /** Makes the pseudonyms of personal values; null: each API makes its own key. */
  pseudonymKey: Secret | null
  worker: {
    host: string
    port: number
    /** Null: HTTP. */
    tls: ServerFiles | null
    /** Whether it does upkeep as well. */
    upkeep: boolean
    /**
     * File with the bundled workflows, made by worker/bundle-workflows.ts; null: the worker bundles them
     * itself.
     */
    workflowBundle: string | null
  }
  metrics: MetricsConfig
  /** Null: nothing is traced. */
  tracing: TracingOptions | null
  ingest: {
    insightSize: number
    batchMaxBytes: number
    batchMaxRecords: number
    loginMaxBytes: number
    /** Events more days than this before the clock are rejected. */
    eventMaxAgeDays: number
    /** The limits of domain/batch/flood-guard.ts. */
    flood: { windowRecords: number; rejectPercent: number; parkedInARow: number }
  }
  /**
   * How long login rows, their lists by hour and counts by the minute are kept, in days. 0 keeps no rows, no
   * lists, and keeps minutes for ever.
   */
  retention: { loginDays: number; setDays: number; minuteDays: number }
  reconciliation: { everyMinutes: number }
  audit: AuditConfig
  generator: { ratePerSecond: number; users: number; scenario: 'original' | 'mixed' }
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error'
}

/** The names of all settings, in the order of the documents. */
export const settingNames: readonly string[] = Object.keys(settings.shape)

/** The environment is wrong. `message` lists every problem, with one line per variable, and never a value. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the configuration from environment variables. Unset and empty variables take their defaults.
 * @throws {ConfigError} which names every wrong variable and says what it must be
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

/** What is not said is so in local mode, where everybody may do everything, and else not. */
const inLocalMode = (
  { OIDC_ISSUERS: issuers, LDAP_URLS: servers }: z.infer<typeof settings>,
  said: boolean | 'local',
): boolean => (said === 'local' ? issuers.length === 0 && servers.length === 0 : said)

/** Where balancers ask once or twice a second, they have noticed by then. */
const DRAIN_SECONDS = 5

const arrange = (env: z.infer<typeof settings>): Config => ({
  kafka: {
    brokers: env.KAFKA_BROKERS,
    topic: env.KAFKA_TOPIC,
    processedTopic: env.KAFKA_PROCESSED_TOPIC,
    dlqTopic: env.KAFKA_DLQ_TOPIC,
    auditHeadsTopic: env.KAFKA_AUDIT_HEADS_TOPIC,
    groupId: env.KAFKA_GROUP_ID,
    partitions: env.KAFKA_PARTITIONS,
    replicationFactor: env.KAFKA_REPLICATION_FACTOR,
    tls: kafkaTls(env),
    sasl: kafkaSasl(env),
  },
  database: { url: env.DATABASE_URL, replicaUrls: env.DATABASE_REPLICA_URLS, ...databasePassword(env) },
  bootstrap: bootstrapOf(env),
  temporal: {
    address: env.TEMPORAL_ADDRESS,
    namespace: env.TEMPORAL_NAMESPACE,
    taskQueue: env.TEMPORAL_TASK_QUEUE,
    tls: temporalTls(env),
    apiKey: temporalApiKey(env),
  },
  api: {
    host: env.API_HOST,
    port: env.API_PORT,
    allowedHosts: [...env.API_ALLOWED_HOSTS, ...publicHosts(env)],
    allowedOrigins: env.API_ALLOWED_ORIGINS,
    trustedProxies: env.TRUSTED_PROXIES,
    documents: env.API_DOCUMENTS ?? null,
    documentsOnly: env.API_DOCUMENTS_ONLY,
    explorer: {
      introspection: inLocalMode(env, env.API_INTROSPECTION),
      graphiql: inLocalMode(env, env.API_GRAPHIQL),
    },
    questionsPerSecond: env.API_QUESTIONS_PER_SECOND,
    clientMsPerSecond: env.API_CLIENT_MS_PER_SECOND,
    subscriptions: { all: env.API_SUBSCRIPTIONS, perClient: env.API_SUBSCRIPTIONS_PER_CLIENT },
    accessLog: env.API_ACCESS_LOG,
    drainSeconds: env.API_DRAIN_SECONDS ?? (isLoopback(env.API_HOST) ? 0 : DRAIN_SECONDS),
    tls: serverTls('API', env.API_TLS_CERT_FILE, env.API_TLS_KEY_FILE),
  },
  identity: identityOf(env),
  signIn: signInOf(env),
  ldap: ldapOf(env),
  roleGroups: env.ROLE_GROUPS,
  serviceTokens: { maxDays: env.SERVICE_TOKEN_MAX_DAYS },
  pseudonymKey: secretOf('PSEUDONYM_KEY', env.PSEUDONYM_KEY, env.PSEUDONYM_KEY_FILE),
  worker: {
    host: env.WORKER_HOST,
    port: env.WORKER_PORT,
    tls: serverTls('WORKER', env.WORKER_TLS_CERT_FILE, env.WORKER_TLS_KEY_FILE),
    upkeep: env.WORKER_UPKEEP,
    workflowBundle: env.WORKFLOW_BUNDLE ?? null,
  },
  metrics: metricsOf(env),
  tracing: tracingOf(env),
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
    setDays: env.SET_RETENTION_DAYS,
    minuteDays: env.MINUTE_RETENTION_DAYS,
  },
  audit: auditOf(env),
  reconciliation: { everyMinutes: env.RECONCILE_EVERY_MINUTES },
  generator: {
    ratePerSecond: env.GENERATE_RATE,
    users: env.GENERATE_USERS,
    scenario: env.GENERATE_SCENARIO,
  },
  logLevel: env.LOG_LEVEL,
})
