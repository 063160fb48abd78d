import type { Server } from 'node:http'
import { Registry } from 'prom-client'
import { atMostEach } from '../../concurrency/at-most-each.ts'
import { cannotListen } from '../../config/cannot-listen.ts'
import { certificateExpiries } from '../../config/certificate-expiries.ts'
import type { Config } from '../../config/config.ts'
import { listeningAt } from '../../config/log-fields.ts'
import type { Logger } from '../../config/logger.ts'
import { repeatedFault } from '../../config/repeated-fault.ts'
import { poolUse } from '../../db/connection/pool-use.ts'
import { apiMetrics } from '../../metrics/api-metrics.ts'
import { makeMetrics } from '../../metrics/metric.ts'
import { pipelineMetrics } from '../../metrics/pipeline-metrics.ts'
import { createProcessMetrics } from '../../metrics/process-metrics.ts'
import { collectingWords, serveMetrics } from '../../metrics/serve-metrics.ts'
import { collectPipeline, type PipelineSources } from './collect-pipeline.ts'

const settings = { host: 'METRICS_HOST', port: 'API_METRICS_PORT' }

/** Scrapes that come sooner are given what the one before found. */
const YOUNGEST_MS = 2_000

/** Makes the metrics of this API. `serve` serves them if a port is set, with those of the pipeline as they are then. */
export function createApiMetrics(version: string) {
  const registry = new Registry()
  const own = createProcessMetrics(registry, 'api', version)
  const pipeline = makeMetrics(registry, pipelineMetrics)
  return {
    requests: makeMetrics(registry, apiMetrics),
    /** @throws {CannotListen} */
    serve: async (config: Config, sources: PipelineSources, logger: Logger): Promise<Server | null> => {
      const { host, api: port } = config.metrics
      if (port === null) return null
      const look = atMostEach(
        YOUNGEST_MS,
        () => performance.now(),
        () => collectPipeline(pipeline, sources),
      )
      const collect = async () => {
        await look()
        own.show({ certificates: certificateExpiries(config, 'api'), pools: poolUse() })
      }
      const told = repeatedFault(logger, collectingWords)
      const server = await serveMetrics(registry, { host, port }, collect, told).catch((error: unknown) => {
        throw cannotListen(error, { host, port, settings })
      })
      logger.info({ metricsPort: listeningAt(server.address()).port }, 'metrics are served')
      return server
    },
  }
}

export type ApiMetrics = ReturnType<typeof createApiMetrics>
