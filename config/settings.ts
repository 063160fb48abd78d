import { z } from 'zod'
import { ldap } from './ldap-settings.ts'
import { bootstrapSettings } from './bootstrap-settings.ts'
import { auditSettings } from './audit-settings.ts'
import { metricsSettings } from './metrics-settings.ts'
import { tracingSettings } from './tracing-settings.ts'
import { issuers, roleGroups, signatureAlgorithms } from './identity-kinds.ts'
import {
  choice,
  flag,
  hostNames,
  hostPorts,
  integer,
  listenHost,
  localFlag,
  networks,
  optionalInteger,
  origins,
  postgresUrl,
  postgresUrls,
  text,
  topicName,
} from './setting-kinds.ts'
import { oidcClient, session } from './sign-in-settings.ts'
import { apiWire, kafkaWire, postgresWire, temporalWire, workerWire } from './wire-settings.ts'

// Every setting that Rollcall reads from the environment. `npm run configuration` makes docs/configuration.md
// of it.

const kafka = {
  KAFKA_BROKERS: hostPorts('127.0.0.1:9092', Infinity).describe('Brokers to ask for the others.'),
  KAFKA_TOPIC: topicName('user-login').describe('Topic of the login events.'),
  KAFKA_PROCESSED_TOPIC: topicName('processed-data').describe('Topic of the enriched logins and insights.'),
  KAFKA_DLQ_TOPIC: topicName('user-login-dlq').describe('Topic of the dead letters.'),
  KAFKA_GROUP_ID: text('rollcall').describe('Consumer group whose offsets move with the outputs.'),
  KAFKA_PARTITIONS: integer(4, 1, 10_000).describe(
    'Partitions of topics that Rollcall creates; existing topics keep theirs.',
  ),
  KAFKA_REPLICATION_FACTOR: integer(1, 1, 32).describe('Replicas of topics that Rollcall creates.'),
  ...kafkaWire,
}

const postgres = {
  DATABASE_URL: postgresUrl('postgres://rollcall:rollcall@127.0.0.1:5432/rollcall').describe(
    'The primary, without a pooler in between, as the role of the process: `rollcall_ingest`, `rollcall_api` or `rollcall_migrate`.',
  ),
  DATABASE_REPLICA_URLS: postgresUrls().describe('Replicas; the API reads from them first.'),
  ...postgresWire,
  ...bootstrapSettings,
}

const temporal = {
  TEMPORAL_ADDRESS: hostPorts('127.0.0.1:7233', 1)
    .transform((items) => items[0] ?? '')
    .meta({ accepts: 'one host:port', description: 'The Temporal server.' }),
  TEMPORAL_NAMESPACE: text('default').describe('Namespace of the workflows; it must exist.'),
  TEMPORAL_TASK_QUEUE: text('rollcall').describe('Task queue that all workers share.'),
  ...temporalWire,
}

const api = {
  API_HOST: listenHost().describe('Address that the API listens on.'),
  API_PORT: integer(4000, 0, 65_535).describe('Port of the API; 0 takes a free one.'),
  API_ALLOWED_HOSTS: hostNames().describe(
    'Names by which clients reach the API, besides IP addresses and `localhost`.',
  ),
  API_ALLOWED_ORIGINS: origins().describe(
    'Other origins whose pages may ask and command in a browser (CORS), without cookies.',
  ),
  TRUSTED_PROXIES: networks().describe(
    'Proxies whose `X-Forwarded-For` the API believes. Limits by address need it behind a proxy: without it, all clients are one address there.',
  ),
  API_DOCUMENTS: z.string().min(1).optional().meta({
    accepts: 'a path',
    description: 'JSON file with the persisted documents: an object of hash and document.',
  }),
  API_DOCUMENTS_ONLY: flag().describe('Whether the API runs the documents of `API_DOCUMENTS` and no others.'),
  API_INTROSPECTION: localFlag().describe(
    'Whether clients who may ask at all may ask for the schema, and errors suggest names of it; `local`: in local mode only.',
  ),
  API_GRAPHIQL: localFlag().describe(
    'Whether a browser opens GraphiQL at /graphql; `local`: in local mode only.',
  ),
  API_QUESTIONS_PER_SECOND: integer(100, 1, 1_000_000).describe(
    'Questions a second that one client may ask, in bursts of up to five seconds; more are answered with status 429. A request counts as many as it has root fields, and at least one for each 500 of its complexity.',
  ),
  API_CLIENT_MS_PER_SECOND: integer(500, 1, 1_000).describe(
    'Milliseconds of a second that the API and Postgres may spend on the questions of one client, its subscriptions with them. Who takes more has them answered one at a time; 1000 is no limit.',
  ),
  API_SUBSCRIPTIONS: integer(1_000, 0, 100_000).describe('Subscriptions at a time; each has a connection.'),
  API_SUBSCRIPTIONS_PER_CLIENT: integer(20, 1, 100_000).describe('Subscriptions of one client at a time.'),
  API_DRAIN_SECONDS: optionalInteger(0, 300).describe(
    'Seconds that an API which is told to stop goes on answering while `/ready` fails, so that balancers notice. Unset: 0 where `API_HOST` is loopback, else 5.',
  ),
  ...apiWire,
}

const identity = {
  OIDC_ISSUERS: issuers().describe(
    'OpenID providers whose access tokens the API takes, as their tokens write `iss`. Without them and `LDAP_URLS` there is no identity: local mode.',
  ),
  OIDC_AUDIENCE: z.string().min(1).optional().meta({
    accepts: 'any text',
    description: 'The audience (`aud`) that tokens for this API have; unset, `API_PUBLIC_URL`.',
  }),
  OIDC_GROUPS_CLAIM: text('groups').describe(
    'Claim with the groups of a person or program; dots lead into objects, as in `realm_access.roles`.',
  ),
  ROLE_GROUPS: roleGroups().describe(
    'The groups whose members have each role, as `{"viewer":["staff"],"operator":["oncall"]}`. Who is in none is refused.',
  ),
  OIDC_CA_FILE: z.string().min(1).optional().meta({
    accepts: 'a path',
    description:
      'PEM file of the CAs that issue certificates of providers; unset, those that Node.js trusts.',
  }),
  OIDC_ALGORITHMS: signatureAlgorithms('RS256,PS256,ES256,EdDSA').describe(
    'Algorithms that tokens may be signed by.',
  ),
  OIDC_TOKEN_TYPE: choice(['any', 'at+jwt'], 'any').describe(
    'The header `typ` of tokens: `at+jwt` where the provider sets it (RFC 9068), which keeps ID tokens out.',
  ),
  ...oidcClient,
  ...session,
  PSEUDONYM_KEY: z
    .string()
    .min(32, {
      error: 'must be a secret of at least 32 characters, such as `openssl rand -base64 32` prints',
    })
    .optional()
    .meta({
      accepts: 'a secret of 32 characters or more',
      description:
        'Makes the pseudonyms that roles see who may not see persons. Unset, each API takes another one at each start.',
    }),
  PSEUDONYM_KEY_FILE: z
    .string()
    .min(1)
    .optional()
    .meta({ accepts: 'a path', description: 'File with the key instead; read at the start.' }),
  ...ldap,
  SERVICE_TOKEN_MAX_DAYS: integer(365, 1, 3_650).describe(
    'Days after which a service token expires at the latest; those that are made already keep their expiry.',
  ),
  API_WITHOUT_IDENTITY: flag().describe(
    'Lets the API listen on other addresses than loopback without identity: anyone who reaches it may do everything.',
  ),
}

const worker = {
  WORKER_UPKEEP: flag('true').describe(
    'Whether a worker does upkeep as well: rollups, retention, reconciliation, checks of the audit. `false` where `npm run upkeep` does.',
  ),
  WORKER_HOST: listenHost().describe('Address that `/health` and `/ready` of the worker listen on.'),
  WORKER_PORT: integer(4001, 0, 65_535).describe('Port of `/health` and `/ready`; 0 takes a free one.'),
  WORKFLOW_BUNDLE: z.string().min(1).optional().meta({
    accepts: 'a path',
    description: 'File with the bundled workflows; unset, the worker bundles them itself.',
  }),
  ...workerWire,
}

const ingestion = {
  BATCH_MAX_BYTES: integer(2 * 1024 * 1024, 1024, 64 * 1024 * 1024).describe(
    'Uncompressed bytes after which a batch closes.',
  ),
  BATCH_MAX_RECORDS: integer(10_000, 1, 100_000).describe('Records after which a batch closes.'),
  LOGIN_MAX_BYTES: integer(64 * 1024, 256, 16 * 1024 * 1024).describe(
    'Bytes of the largest login; larger records are rejected as `too_large`.',
  ),
  EVENT_MAX_AGE_DAYS: integer(3_653, 1, 36_525).describe(
    'Largest age of an event in days; older events are rejected, because each day with an event takes space for ever.',
  ),
  INSIGHT_SIZE: integer(100, 0, 100_000).describe(
    'Logins of a partition per insight message; 0 publishes none.',
  ),
  REJECT_HALT_PERCENT: integer(50, 1, 100).describe(
    'A partition halts when more than this share of the latest `REJECT_HALT_WINDOW` records are rejects; 100 never halts.',
  ),
  REJECT_HALT_WINDOW: integer(1_000, 1, 1_000_000).describe(
    'Number of latest records whose share of rejects `REJECT_HALT_PERCENT` limits.',
  ),
  PARKED_IN_A_ROW: integer(10, 0, 100_000).describe(
    'A partition halts when more parts of batches than this fail without a whole batch between them.',
  ),
}

const upkeep = {
  LOGIN_RETENTION_DAYS: integer(30, 0, 3650).describe('Days that logins are kept as rows; 0 keeps none.'),
  SET_RETENTION_DAYS: integer(400, 0, 3650).describe(
    'Days that users, devices and addresses are kept by the minute and by all dimensions at once; 0 keeps them only by day.',
  ),
  MINUTE_RETENTION_DAYS: integer(90, 0, 3650).describe(
    'Days that counts by the minute are kept; counts by the quarter of an hour stay. 0 keeps minutes for ever.',
  ),
  RECONCILE_EVERY_MINUTES: integer(5, 0, 1440).describe(
    'Minutes from one reconciliation by the workers to the next; 0 turns it off.',
  ),
}

const generator = {
  GENERATE_RATE: integer(2, 0, 1_000_000).describe('Logins a second; 0 sends none.'),
  GENERATE_USERS: integer(5_000, 1, 10_000_000).describe('Number of different users.'),
  GENERATE_SCENARIO: choice(['original', 'mixed'], 'original').describe(
    '`original`: only well-formed logins; `mixed`: also garbage, duplicates, late and early events.',
  ),
}

const logging = {
  LOG_LEVEL: choice(['trace', 'debug', 'info', 'warn', 'error'], 'info').describe(
    'Least severe level that is logged. The log is JSON lines on standard output.',
  ),
  API_ACCESS_LOG: choice(['all', 'refused', 'off'], 'all').describe(
    'Which requests the API logs: all, those that are not answered as asked, or none. Lines are of level info.',
  ),
}

export const settings = z.object({
  ...kafka,
  ...postgres,
  ...temporal,
  ...api,
  ...identity,
  ...worker,
  ...metricsSettings,
  ...tracingSettings,
  ...ingestion,
  ...upkeep,
  ...auditSettings,
  ...generator,
  ...logging,
})

/** The names of the settings by section of docs/configuration.md. */
export const settingGroups = {
  Kafka: Object.keys(kafka),
  Postgres: Object.keys(postgres),
  Temporal: Object.keys(temporal),
  API: Object.keys(api),
  Identity: Object.keys(identity),
  Worker: Object.keys(worker),
  Metrics: Object.keys(metricsSettings),
  Traces: Object.keys(tracingSettings),
  Ingestion: Object.keys(ingestion),
  'Retention and reconciliation': Object.keys(upkeep),
  Audit: Object.keys(auditSettings),
  Generator: Object.keys(generator),
  Logging: Object.keys(logging),
}
