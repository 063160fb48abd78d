import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createScreen } from '../cli/screen.ts'
import { ahead } from '../concurrency/ahead.ts'
import { type Config, loadConfig } from '../config/config.ts'
import { loadProcessConfig } from '../config/environment.ts'
import { withoutPassword } from '../config/postgres-url.ts'
import { bootstrapDatabase } from '../db/schema/bootstrap.ts'
import { recordTopics } from '../audit/record-topics.ts'
import { migrateDatabase } from '../db/schema/migrate-database.ts'
import { ensureTopics } from '../kafka/topics/topics.ts'
import { signedIn } from '../stack/as-role.ts'
import { freePort, HOST } from '../stack/processes/ports.ts'
import { endLeftovers } from '../stack/processes/process-book.ts'
import { roleArguments } from '../stack/role-arguments.ts'
import { startStack, type Stack } from '../stack/stack.ts'
import { restartAfterCrash, supervise, type Supervised } from '../stack/processes/supervisor.ts'
import { bundleOnce } from './bundle-once.ts'
import { checkTemporal } from './check-temporal.ts'
import { writeEnvironmentFile } from './environment-file.ts'
import { metricsPorts } from './metrics-ports.ts'
import { restartOnChange } from './restart-on-change.ts'
import { watchProgress } from './progress-line.ts'
import { hasOption } from './script-options.ts'

// `npm start` starts Kafka, Temporal and Postgres, creates topics and schema, then starts worker, API and
// generator. `npm run dev` passes --watch: worker and API restart when their files change. With `-- --metrics` all of them but
// Postgres serve metrics for Prometheus.

const FIRST_QUERY = '{ ingestion { state lag partitions { partition state checkpoint endOffset lag } } }'

/** The roles by the npm scripts that run them. */
const ROLES = { worker: 'worker', api: 'api', generator: 'generate' }

const folder = fileURLToPath(new URL('../.rollcall', import.meta.url))
const dataFolder = join(folder, 'data')
const logFolder = join(folder, 'log')
const bundles = join(folder, 'bundles')
const isDevelopment = process.argv.includes('--watch')
/**
 * npm forwards a Ctrl-C that the terminal has sent already; one that comes after this time is a second Ctrl-C
 * of the user.
 */
const SAME_CTRL_C_MS = 1_000
const { say, progress } = createScreen(process.stdout)

let stack: Stack | undefined
let removeEnvironment: () => void = () => undefined
const roles: Supervised[] = []
const guards: (() => void)[] = []
let ending: Promise<void> | undefined
let endingSinceMs = 0

// A closed terminal takes no more output; stopping everything must not fail because of that.
process.stdout.on('error', () => undefined)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (ending !== undefined && Date.now() - endingSinceMs > SAME_CTRL_C_MS) endAtOnce()
    ending ??= end()
  })
}
try {
  await start()
} catch (error) {
  if (ending === undefined) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
    ending = end()
  }
}

async function start(): Promise<void> {
  const { api, worker, metrics } = loadProcessConfig()
  const isMeasured = hasOption('metrics', process.argv, process.env)
  const bundling = ahead(bundleOnce(bundles))
  stack = await startStack({
    dataFolder,
    logFolder,
    say,
    progress,
    usualPorts: true,
    isMeasured,
    environment: process.env,
  })
  const environment = {
    ...(isMeasured ? await metricsPorts(metrics) : {}),
    ...stack.environment,
    API_PORT: String(await freePort(api.port)),
    WORKER_PORT: String(await freePort(worker.port)),
    NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
  }
  const config = loadConfig({ ...process.env, ...environment })
  removeEnvironment = writeEnvironmentFile(join(folder, 'environment'), stack.environment)
  await prepareParts(config, stack)
  if (ending !== undefined) return
  for (const part of stack.parts.values()) guards.push(restartAfterCrash(part, say))
  const own = (role: string) => (hasOwnPostgres(stack) ? signedIn(environment, role) : environment)
  const environmentOf = (bundle: string) => (role: string) =>
    role === 'worker' ? { ...own(role), WORKFLOW_BUNDLE: bundle } : own(role)
  startRoles(environmentOf(await bundling))
  if (isDevelopment) {
    const prepare = async () => {
      await migrateDatabase(config.database)
      return environmentOf(await bundleOnce(bundles))
    }
    guards.push(restartOnChange(roles, prepare, say))
  }
  const url = `${config.api.tls === null ? 'http' : 'https'}://${HOST}:${config.api.port}/graphql`
  say(urls(url, stack, config))
  guards.push(watchProgress(url, process.stdout.isTTY, { say, progress }))
}

/** Whether Postgres was started here, so that this process is its administrator. */
function hasOwnPostgres(started: Stack | undefined): boolean {
  return started?.parts.has('postgres') === true
}

/** Creates the topics, the schema and the roles of Postgres, and checks that Temporal can be used. */
async function prepareParts({ kafka, database, temporal, audit }: Config, started: Stack): Promise<void> {
  const created = await ensureTopics(kafka)
  if (created.length > 0) say(`created topics ${created.join(', ')} with ${kafka.partitions} partitions`)
  await (hasOwnPostgres(started)
    ? bootstrapDatabase(database, {}, audit.retentionDays)
    : migrateDatabase(database))
  await recordTopics(database, created)
  await checkTemporal(temporal)
}

function startRoles(environmentOf: (role: string) => Record<string, string>): void {
  for (const [role, script] of Object.entries(ROLES)) {
    const command = {
      name: role,
      command: process.execPath,
      args: roleArguments(script),
      env: environmentOf(role),
      logFile: join(logFolder, `${role}.log`),
      bookFolder: dataFolder,
    }
    roles.push(supervise(command, say))
  }
}

function urls(api: string, stack: Stack, config: Config): string {
  const { temporalUi } = stack
  const { kafka, database, temporal } = config
  const replicas = database.replicaUrls.map(withoutPassword)
  return `
  GraphiQL         ${api}
  Temporal Web UI  ${temporalUi === null ? 'where your Temporal is' : `${temporalUi}/namespaces/${temporal.namespace}/workflows`}
  Postgres         ${withoutPassword(database.url)}
  its replica      ${replicas.length === 0 ? 'none' : replicas.join(', ')}
  Kafka            ${kafka.brokers.join(',')}
  logs             ${logFolder}
  identity         ${identityWords(config)}${metricsWords(stack, config)}

  A first query, for GraphiQL:
  ${FIRST_QUERY}

  Ctrl-C stops everything; npm ${isDevelopment ? 'run dev' : 'start'} continues where it stopped.
`
}

/** A line for each target of Prometheus; nothing where there is none. */
function metricsWords(stack: Stack, { metrics: { host, api, worker, temporal } }: Config): string {
  const at = (port: number | null) => (port === null ? null : `http://${host}:${port}/metrics`)
  const targets = Object.entries({
    'metrics of the API': at(api),
    'of the worker': at(worker),
    'of its Temporal library': at(temporal),
    'of Kafka': stack.metrics['kafka'] ?? null,
    'of Temporal': stack.metrics['temporal'] ?? null,
  })
  const lines = targets.map(([whose, url]) => (url === null ? '' : `\n  ${whose.padEnd(25)}${url}`))
  return lines.join('')
}

function identityWords({ identity, ldap }: Config): string {
  const ways = [
    ...(identity === null ? [] : [`access tokens of ${identity.issuers.join(', ')}`]),
    ...(ldap === null ? [] : [`the directory at ${ldap.servers.map(({ host }) => host).join(', ')}`]),
  ]
  return ways.length === 0
    ? 'none: local mode, in which anyone on this machine may ask and command everything'
    : ways.join('; ')
}

async function end(): Promise<void> {
  endingSinceMs = Date.now()
  for (const endGuard of guards) endGuard()
  progress('')
  if (stack !== undefined) say('\nstopping')
  removeEnvironment()
  await Promise.all(roles.map((role) => role.stop()))
  await stack?.stop()
  endAtOnce()
}

/** Kills what is left of an interrupted start, or of an end that the user does not wait for. */
function endAtOnce(): void {
  endLeftovers(dataFolder)
  process.exit()
}
