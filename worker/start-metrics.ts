import type { Logger } from 'pino'
import type { Observer } from '../activities/session/observer.ts'
import type { Config } from '../config/config.ts'
import { makeMetrics } from '../metrics/metric.ts'
import { createRegistry } from '../metrics/process-metrics.ts'
import { serveMetrics } from '../metrics/serve-metrics.ts'
import { workerMetrics } from '../metrics/worker-metrics.ts'
import { observe, observeUpkeep } from './observe.ts'
import type { UpkeepObserver } from './upkeep.ts'

/** What measures the work of this process. */
type WorkerMeasures = { activities: Observer; upkeep: UpkeepObserver; close: () => void }

/**
 * Measures this worker, and serves what it measures if a port is set.
 * @throws {Error} EADDRINUSE if the port is taken
 */
export async function startMetrics(
  { host, worker: port }: Config['metrics'],
  version: string,
  log: Logger,
): Promise<WorkerMeasures> {
  const registry = createRegistry('worker', version)
  const metrics = makeMetrics(registry, workerMetrics)
  const server =
    port === null
      ? null
      : await serveMetrics(
          registry,
          { host, port },
          () => Promise.resolve(),
          (error) => {
            log.error({ err: error }, 'metrics could not be collected')
          },
        )
  if (server !== null) log.info({ address: server.address() }, 'metrics are served')
  return {
    activities: observe(metrics),
    upkeep: observeUpkeep(metrics),
    close: () => {
      server?.close()
      server?.closeAllConnections()
    },
  }
}
