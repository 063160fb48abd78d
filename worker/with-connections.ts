import { randomUUID } from 'node:crypto'
import type { Server } from 'node:net'
import { hostname } from 'node:os'
import type { Logger } from '../config/logger.ts'
import { checkHeadKeys } from '../audit/keys.ts'
import { recordSettings } from '../audit/record-settings.ts'
import type { Config } from '../config/config.ts'
import { givenSettings } from '../config/environment.ts'
import { classingPostgres, postgresFailure } from '../db/connection/failure.ts'
import type { RunningWorker } from '../db/ledger/workers.ts'
import { readUpkeepReport } from '../db/read/ledger/workers.ts'
import { excessRights } from '../db/roles/excess-rights.ts'
import { NO_UPKEEP } from '../domain/pipeline/upkeep-report.ts'
import type { ReadinessChecks } from '../probes/probes.ts'
import { connectTemporal, pingTemporal } from './connect-temporal.ts'
import { closeConnections, type Connections, openConnections } from './connections.ts'
import { serveProbes } from './serve-probes.ts'

type ProcessOptions = {
  config: Config
  log: Logger
  /** Aborts to stop the process. */
  stop: AbortSignal
}

/** Who this run of a process is. */
export const identityOf = (topic: string, version: string): RunningWorker => ({
  id: randomUUID(),
  topic,
  name: `${process.pid}@${hostname()}`,
  version,
})

/**
 * Serves the probes of a process, waits for Temporal, and does its work with what it keeps open, which is closed afterwards.
 * @param role as the log and the audit call the process
 * @throws {SchemaRefusal} if this version must not write the database
 */
export async function withConnections(
  role: 'worker' | 'upkeep',
  { config, log, stop }: ProcessOptions,
  work: (connections: Connections, address: ReturnType<Server['address']>) => Promise<void>,
): Promise<void> {
  let why = `${role === 'worker' ? 'the worker' : 'upkeep'} has not reached Temporal yet`
  const checks: ReadinessChecks = { temporal: () => Promise.reject(new Error(why)) }
  // From now on, so that whoever starts the process sees that it lives, and what it waits for.
  const probes = await serveProbes(config.worker, checks, log)
  try {
    const waits = (error: string) => {
      why = error
      log.warn(
        { error },
        `${role === 'worker' ? 'the worker' : 'upkeep'} waits for Temporal and tries again every 2 seconds`,
      )
    }
    const temporal = await connectTemporal(config.temporal, waits, stop)
    if (temporal === null) return
    const connections = await openConnections(config, temporal, log)
    try {
      Object.assign(checks, readinessChecks(config, connections))
      await checkHeadKeys(config.audit, (error) => {
        log.error({ error }, 'the audit is neither signed nor verified until that is mended')
      })
      recordSettings(connections.sql, role, givenSettings(), new Date()).catch((error: unknown) => {
        log.warn(
          { error: postgresFailure(error).message },
          'the audit does not have the settings of this start',
        )
      })
      await work(connections, probes.address())
    } finally {
      await closeConnections(connections)
    }
  } finally {
    probes.close()
  }
}

const readinessChecks = (config: Config, { temporal, sql, topicOffsets }: Connections): ReadinessChecks => ({
  temporal: () => pingTemporal(temporal, config.temporal),
  postgres: () => classingPostgres(() => excessRights(sql, 'ingest')),
  kafka: () => topicOffsets.read(config.kafka.topic),
  ...(config.worker.upkeep ? {} : { upkeep: () => whetherAnyDoesUpkeep(config, { sql }) }),
})

/** Says so if no process does; none of that is a reason to stop a worker. A database that is away has a part of its own. */
async function whetherAnyDoesUpkeep({ kafka }: Config, { sql }: Pick<Connections, 'sql'>): Promise<unknown> {
  const report = await sql.begin((tx) => readUpkeepReport({ sql: tx }, kafka.topic)).catch(() => null)
  return report?.isMissing === true ? NO_UPKEEP : undefined
}
