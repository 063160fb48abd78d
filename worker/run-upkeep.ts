import type { Server } from 'node:net'
import { createUpkeepActivities } from '../activities/upkeep-activities.ts'
import type { Config } from '../config/config.ts'
import { listeningAt } from '../config/log-fields.ts'
import type { Logger } from '../config/logger.ts'
import { reportDelivery } from '../tracing/report-delivery.ts'
import { startTracing } from '../tracing/start-tracing.ts'
import { createActivityDeps } from './activity-deps.ts'
import { announceUpkeep } from './announce-upkeep.ts'
import type { Connections } from './connections.ts'
import { putSchedules } from './schedules.ts'
import { startMetrics } from './start-metrics.ts'
import { followTemporalFiles } from './temporal-files.ts'
import { createUpkeepWorker, runUntil } from './temporal-workers.ts'
import { startUpkeep } from './upkeep.ts'
import { identityOf, withConnections } from './with-connections.ts'

type UpkeepOptions = {
  config: Config
  log: Logger
  codeVersion: string
  /** Aborts to stop the process after the task in hand. */
  stop: AbortSignal
}

/**
 * Runs a process that does upkeep and nothing else until `stop` aborts. Several share the work.
 * @throws {SchemaRefusal} if this version must not write the database, be it at the start or after a
 * migration
 */
export const runUpkeep = (options: UpkeepOptions): Promise<void> =>
  withConnections('upkeep', options, (connections, address) => runConnected(options, connections, address))

/** No batches are in work here; those of workers it does not see. */
const noBacklog = { isCrowded: false }

async function runConnected(
  { config, log, codeVersion, stop }: UpkeepOptions,
  connections: Connections,
  address: ReturnType<Server['address']>,
): Promise<void> {
  const { topic } = config.kafka
  const self = identityOf(topic, codeVersion)
  const metrics = await startMetrics(config, 'upkeep', codeVersion, log)
  const service = { role: 'upkeep', version: codeVersion, instance: self.name } as const
  const tracing = await startTracing(config.tracing, service, reportDelivery(log))
  const deps = createActivityDeps(config, connections, {
    workerName: self.name,
    codeVersion,
    observe: metrics.activities,
    tracing,
    slicesRunning: () => 0,
    isToldOfCancellations: false,
  })
  const endUpkeep = startUpkeep(config, log, noBacklog, metrics.upkeep)
  let endFollowing: () => void = () => undefined
  try {
    await putSchedules(connections.temporal, config)
    const workers = [
      await createUpkeepWorker(config, connections.native, createUpkeepActivities(deps), tracing),
    ]
    endFollowing = followTemporalFiles(config.temporal, workers, connections, log)
    log.info({ topic, ...listeningAt(address) }, 'upkeep is running')
    await runUntil(workers, stop, (refused) => announceUpkeep({ config, self, refused }))
  } finally {
    endFollowing()
    metrics.close()
    await Promise.allSettled([endUpkeep(), tracing.close()])
  }
}
