import '../config/production.ts'
import type { Server } from 'node:http'
import { Client, Connection } from '@temporalio/client'
import { type Config } from '../config/config.ts'
import { loadProcessConfig } from '../config/environment.ts'
import { createLogger, type Logger } from '../config/logger.ts'
import { checkDatabase } from '../db/connection/check-database.ts'
import { connectPostgres } from '../db/connection/connect.ts'
import { recordControlEvent } from '../db/ledger/control-events.ts'
import { pingDatabase } from '../db/nodes/ping.ts'
import { createPrimaryReader, createSingleReader } from '../db/nodes/request-reader.ts'
import { anyFreshness } from '../db/nodes/requirement.ts'
import { createReadRouter } from '../db/nodes/router.ts'
import { readWorkerReport } from '../db/read/ledger/workers.ts'
import { checkSchema } from '../db/schema/schema-version.ts'
import { createKafka } from '../kafka/client.ts'
import { readRecords } from '../kafka/read/read-records.ts'
import { createTopicOffsets } from '../kafka/topics/topic-offsets.ts'
import { createCommands } from './commands/create-commands.ts'
import { watchDatabaseFit } from './http/database-fit.ts'
import { createApiServer } from './http/http-server.ts'
import { createKafkaBounds } from './sources/kafka-bounds.ts'
import { createRuns } from './commands/runs.ts'
import { createReadBack } from './sources/read-back.ts'
import { createServer } from './server.ts'
import { findOutage, type TemporalAccess } from './sources/temporal-access.ts'
import { createWorkflowStatus } from './sources/workflow-status.ts'

/** A stopping API lets requests finish for as long as a command may take, and no longer. */
const SHUTDOWN_MS = 12_000
/** Commands are rare. */
const AUDIT_CONNECTIONS = 1
const AUDIT_TIMEOUT_MS = 3_000
/** Less than a probe waits: /ready then says in words that Temporal is away. */
const TEMPORAL_PROBE_MS = 1_500

const config = loadProcessConfig()
const logger = createLogger(config.logLevel, 'api')
const parts = openParts(config, logger)
const http = createApiServer(parts.server, logger, config.api.allowedHosts)
const stop = createStop(http, parts.close)
stopOnSignal(stop, logger)
parts.check.catch((error: unknown) => {
  logger.error(
    { error: error instanceof Error ? error.message : String(error) },
    'the API cannot work like this',
  )
  process.exit(1)
})
await watchDatabaseFit(parts.checkSchema, (reason) => {
  logger.error({}, reason)
  stop(1)
})
if (!stop.isBegun()) listen(http, config.api, logger)

/** Everything connects when it is first needed: the API starts whatever is away. */
function openParts(config: Config, logger: Logger) {
  const connection = Connection.lazy({ address: config.temporal.address })
  const client = new Client({ connection, namespace: config.temporal.namespace })
  const router = createReadRouter(config.database, (node, serves, reason) => {
    if (serves) logger.info({ node, reason }, 'reads may go to this database node again')
    else logger.warn({ node, reason }, 'reads pass over this database node')
  })
  const kafka = createKafka(config.kafka, 'rollcall-api')
  const offsets = createTopicOffsets(config.kafka, 'rollcall-api')
  const audit = connectPostgres(config.database.url, {
    applicationName: 'rollcall-api-audit',
    maxConnections: AUDIT_CONNECTIONS,
    statementTimeoutMs: AUDIT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: AUDIT_TIMEOUT_MS,
  })
  const kafkaBounds = createKafkaBounds(offsets, config.kafka.topic)
  const readPrimary = createPrimaryReader(router)
  const readAny = createSingleReader((work) => router.withReadNode(anyFreshness, work))
  const access: TemporalAccess = {
    client,
    temporal: config.temporal,
    readWorkerReport: () => readPrimary((session) => readWorkerReport(session, config.kafka.topic)),
  }
  const server = createServer({
    topic: config.kafka.topic,
    router,
    kafkaBounds,
    workflowStatus: createWorkflowStatus(access),
    runs: createRuns(access),
    readBack: createReadBack({
      readRecords: (range, limit) => readRecords(kafka, range, limit),
    }),
    commands: createCommands({
      ...access,
      readPrimary,
      record: (event) => recordControlEvent(audit, event),
      logger,
      clock: Date.now,
    }),
    logger,
    clock: Date.now,
    limits: config.api,
    readiness: {
      postgres: () => readAny(pingDatabase),
      temporal: async () => {
        const outage = await findOutage(access, TEMPORAL_PROBE_MS)
        if (outage !== null) throw new Error(outage)
      },
      kafka: async () => {
        const kafka = await kafkaBounds(config.kafka.topic)
        if (!kafka.ok) throw new Error(kafka.message)
      },
    },
  })
  const close = async () => {
    await Promise.allSettled([router.close(), offsets.close(), audit.end({ timeout: 1 }), connection.close()])
  }
  const check = checkDatabase(audit, (error) => {
    logger.error({ error }, 'Postgres refuses this API, which answers without it until that is mended')
  })
  return { server, close, check, checkSchema: () => checkSchema(audit, 'read') }
}

function listen(http: Server, { host, port }: Config['api'], logger: Logger): void {
  http.once('error', (error: NodeJS.ErrnoException) => {
    const taken = error.code === 'EADDRINUSE'
    logger.error(
      { err: taken ? undefined : error },
      taken
        ? `port ${port} on ${host} is taken: set API_PORT to another one (0 takes any free one)`
        : 'cannot listen',
    )
    process.exit(1)
  })
  http.listen(port, host, () => {
    const address = http.address()
    const actual = typeof address === 'object' && address !== null ? address.port : port
    const name = host.includes(':') ? `[${host}]` : host
    logger.info({ port: actual }, `GraphiQL is at http://${name}:${actual}/graphql`)
  })
}

type Stop = ((exitCode: number) => void) & { isBegun: () => boolean }

/** Lets requests finish, and then ends the process; taking too long ends it all the same. */
function createStop(http: Server, closeParts: () => Promise<void>): Stop {
  let isBegun = false
  const stop = (exitCode: number) => {
    if (isBegun) process.exit(1)
    isBegun = true
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref()
    http.close(() => {
      void closeParts().then(() => process.exit(exitCode))
    })
    http.closeIdleConnections()
  }
  return Object.assign(stop, { isBegun: () => isBegun })
}

/** A second signal ends the process at once. */
function stopOnSignal(stop: Stop, logger: Logger): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stop.isBegun()) logger.info({ signal }, 'stopping')
      stop(0)
    })
  }
}
