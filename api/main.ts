import '../config/production.ts'
import type { Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { hostname } from 'node:os'
import { CannotListen, cannotListen } from '../config/cannot-listen.ts'
import { type Config } from '../config/config.ts'
import { checkHeadKeys } from '../audit/keys.ts'
import { recordSettings } from '../audit/record-settings.ts'
import { givenSettings, loadProcessConfig } from '../config/environment.ts'
import { createLogger, type Logger } from '../config/logger.ts'
import { logNodeFaults } from '../config/node-faults.ts'
import { productVersion } from '../config/product-version.ts'
import { checkDatabase } from '../db/connection/check-database.ts'
import { postgresFailure } from '../db/connection/failure.ts'
import { excessRights } from '../db/roles/excess-rights.ts'
import { checkSchema } from '../db/schema/schema-version.ts'
import { TlsProblem } from '../tls/tls-problem.ts'
import { reportDelivery } from '../tracing/report-delivery.ts'
import type { Tracing } from '../tracing/span.ts'
import { startTracing } from '../tracing/start-tracing.ts'
import { openConnections } from './connections.ts'
import { watchDatabaseFit } from './http/database-fit.ts'
import { createDraining } from './http/draining.ts'
import { createApiServer } from './http/http-server.ts'
import { composeServer } from './compose-server.ts'
import { countAuditEvents } from './metrics/measure-requests.ts'
import { createApiMetrics } from './metrics/serve-api-metrics.ts'
import { createStop, type Stop } from './stop.ts'

const config = loadProcessConfig()
const logger = createLogger(config.logLevel, 'api')
logNodeFaults(logger)
const version = productVersion()
const service = { role: 'api', version, instance: `${process.pid}@${hostname()}` } as const
const tracing = await startTracing(config.tracing, service, reportDelivery(logger))
const parts = openParts(config, version, logger, tracing)
const draining = createDraining()
const http = openServer()
const stop = createStop({
  ...{ http, draining, drainMs: config.api.drainSeconds * 1_000, close: parts.close },
  endSubscriptions: () => void parts.server.dispose(),
})
stopOnSignal(stop, logger)
void parts.excessRights().then((excess) => {
  if (excess !== null) logger.warn({}, excess)
})
parts.check.catch((error: unknown) => {
  logger.fatal(
    { error: error instanceof Error ? error.message : String(error) },
    'the API stops: it cannot use its database in this way',
  )
  process.exit(1)
})
await watchDatabaseFit(parts.checkSchema, (reason) => {
  logger.fatal({}, reason)
  stop.now(1)
})
if (!stop.isBegun()) {
  listen(http, config.api, logger)
  await serveMetrics(parts, logger)
}

function openServer(): Server | HttpsServer {
  try {
    return createApiServer(
      parts.handler,
      logger,
      { ...config.api, accessLog: parts.accessLog, draining },
      parts.limited,
    )
  } catch (error) {
    if (!(error instanceof TlsProblem)) throw error
    logger.fatal({}, error.message)
    process.exit(1)
  }
}

type Parts = ReturnType<typeof openParts>

function openParts(config: Config, version: string, logger: Logger, tracing: Tracing) {
  const metrics = createApiMetrics(version)
  const connections = openConnections(config, logger, countAuditEvents(metrics.requests))
  const { temporal, router, offsets, auditPool, refusals, sessions, signer, tokens } = connections
  void checkHeadKeys(config.audit, (error) => {
    logger.error({ error }, 'the audit is not verified until that is mended')
  })
  auditPool
    .run((sql) => recordSettings(sql, 'api', givenSettings(), new Date()))
    .catch((error: unknown) => {
      logger.warn(
        { error: postgresFailure(error).message },
        'the audit does not have the settings of this start',
      )
    })
  const { endWatch, ...composed } = composeServer(config, version, logger, connections, metrics, tracing)
  return {
    ...composed,
    close: async () => {
      endWatch()
      signer.end()
      await refusals.flush()
      await Promise.allSettled([
        router.close(),
        offsets.close(),
        auditPool.close(),
        connections.closeLooks(),
        tokens.close(),
        sessions.close(),
        temporal.close(),
        tracing.close(),
      ])
    },
    check: checkDatabase(auditPool.run, (error) => {
      logger.error(
        { error },
        'Postgres refuses this API, which answers what it can without Postgres until that is mended',
      )
    }),
    checkSchema: () => auditPool.run((sql) => checkSchema(sql, 'read')),
    /** Null while the database is away, too: /ready says it then. */
    excessRights: () => auditPool.run((sql) => excessRights(sql, 'api')).catch(() => null),
  }
}

function listen(
  http: Server | HttpsServer,
  { host, port, tls, explorer }: Config['api'],
  logger: Logger,
): void {
  http.once('error', (error) => {
    const settings = { host: 'API_HOST', port: 'API_PORT' }
    logger.fatal({}, cannotListen(error, { host, port, settings }).message)
    process.exit(1)
  })
  http.listen(port, host, () => {
    const address = http.address()
    const actual = typeof address === 'object' && address !== null ? address.port : port
    const name = host.includes(':') ? `[${host}]` : host
    logger.info(
      { port: actual },
      `${explorer.graphiql ? 'GraphiQL' : 'the API'} is at ${tls === null ? 'http' : 'https'}://${name}:${actual}/graphql`,
    )
  })
}

async function serveMetrics({ serveMetrics }: Pick<Parts, 'serveMetrics'>, logger: Logger): Promise<void> {
  try {
    const server = await serveMetrics()
    server?.unref()
  } catch (error) {
    logger.fatal({}, error instanceof CannotListen ? error.message : String(error))
    process.exit(1)
  }
}

/** Stops at the first signal; a second one ends the process at once. */
function stopOnSignal(stop: Stop, logger: Logger): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stop.isBegun())
        logger.info(
          { signal, drainSeconds: config.api.drainSeconds },
          'stopping: /ready fails, and the API ends once balancers have noticed and its requests are answered',
        )
      stop.told()
    })
  }
}
