import { Registry } from 'prom-client'
import { listeningAt } from '../config/log-fields.ts'
import type { Logger } from '../config/logger.ts'
import type { Observer } from '../activities/session/observer.ts'
import { cannotListen } from '../config/cannot-listen.ts'
import { certificateExpiries } from '../config/certificate-expiries.ts'
import type { Config } from '../config/config.ts'
import { repeatedFault } from '../config/repeated-fault.ts'
import { poolUse } from '../db/connection/pool-use.ts'
import { makeMetrics } from '../metrics/metric.ts'
import { createProcessMetrics } from '../metrics/process-metrics.ts'
import { collectingWords, serveMetrics } from '../metrics/serve-metrics.ts'
import { workerMetrics } from '../metrics/worker-metrics.ts'
import { observe, observeUpkeep } from './observe.ts'
import type { UpkeepObserver } from './upkeep.ts'

const settings = { host: 'METRICS_HOST', port: 'WORKER_METRICS_PORT' }

/** What measures the work of this process. */
type WorkerMeasures = { activities: Observer; upkeep: UpkeepObserver; close: () => void }

/**
 * Measures this process, and serves what it measures if a port is set.
 * @throws {CannotListen}
 */
export async function startMetrics(
  config: Config,
  role: 'worker' | 'upkeep',
  version: string,
  log: Logger,
): Promise<WorkerMeasures> {
  const { host, worker: port } = config.metrics
  const registry = new Registry()
  const own = createProcessMetrics(registry, role, version)
  const metrics = makeMetrics(registry, workerMetrics)
  const server =
    port === null
      ? null
      : await serveMetrics(
          registry,
          { host, port },
          () => {
            own.show({ certificates: certificateExpiries(config, role), pools: poolUse() })
            return Promise.resolve()
          },
          repeatedFault(log, collectingWords),
        ).catch((error: unknown) => {
          throw cannotListen(error, { host, port, settings })
        })
  if (server !== null) log.info({ metricsPort: listeningAt(server.address()).port }, 'metrics are served')
  return {
    activities: observe(metrics),
    upkeep: observeUpkeep(metrics),
    close: () => {
      server?.close()
      server?.closeAllConnections()
    },
  }
}
