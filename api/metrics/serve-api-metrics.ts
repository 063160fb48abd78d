import type { Server } from 'node:http'
import type { Config } from '../../config/config.ts'
import type { Logger } from '../../config/logger.ts'
import { apiMetrics } from '../../metrics/api-metrics.ts'
import { makeMetrics } from '../../metrics/metric.ts'
import { pipelineMetrics } from '../../metrics/pipeline-metrics.ts'
import { createRegistry } from '../../metrics/process-metrics.ts'
import { serveMetrics } from '../../metrics/serve-metrics.ts'
import type { IngestionSources } from '../pipeline/ingestion.ts'
import { collectPipeline } from './collect-pipeline.ts'

/** Scrapes that come sooner are given what the one before found. */
const YOUNGEST_MS = 2_000

/** Makes the metrics of this API. `serve` serves them if a port is set, with those of the pipeline as they are then. */
export function createApiMetrics(version: string) {
  const registry = createRegistry('api', version)
  const pipeline = makeMetrics(registry, pipelineMetrics)
  return {
    requests: makeMetrics(registry, apiMetrics),
    /** @throws {Error} EADDRINUSE if the port is taken */
    serve: async (
      { host, api: port }: Config['metrics'],
      sources: IngestionSources & { clock: () => number },
      logger: Logger,
    ): Promise<Server | null> => {
      if (port === null) return null
      const collect = atMostEach(YOUNGEST_MS, () => collectPipeline(pipeline, sources))
      const server = await serveMetrics(registry, { host, port }, collect, (error) => {
        logger.error({ err: error }, 'metrics could not be collected')
      })
      logger.info({ address: server.address() }, 'metrics are served')
      return server
    },
  }
}

export type ApiMetrics = ReturnType<typeof createApiMetrics>

/** Does the work again only when it was begun that long ago; whoever asks meanwhile waits for the same. */
function atMostEach(intervalMs: number, work: () => Promise<void>): () => Promise<void> {
  let begunMs = -Infinity
  let running: Promise<void> = Promise.resolve()
  return () => {
    if (performance.now() - begunMs < intervalMs) return running
    begunMs = performance.now()
    running = work()
    return running
  }
}
