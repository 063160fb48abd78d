import type { Config } from '../../config/config.ts'
import { wireProblem } from '../../db/connection/wire-problem.ts'
import { pingDatabase } from '../../db/nodes/ping.ts'
import { createSingleReader } from '../../db/nodes/request-reader.ts'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import type { ReadRouter } from '../../db/nodes/router.ts'
import { excessRights } from '../../db/roles/excess-rights.ts'
import type { ReadinessChecks } from '../../probes/probes.ts'
import type { KafkaBounds } from '../context/source-types.ts'
import { findOutage, type TemporalAccess } from './temporal-access.ts'

/** Less than a probe waits (probes/probes.ts), so that /ready can say that Temporal is away. */
const TEMPORAL_PROBE_MS = 1_500

/** What /ready asks of the parts that the API needs. Each throws what is said of a part that does not answer. */
export function readinessOf(
  router: ReadRouter,
  database: Config['database'],
  access: TemporalAccess,
  readLogs: () => Promise<KafkaBounds>,
): ReadinessChecks {
  const readAny = createSingleReader((work) => router.withReadNode(anyFreshness, work))
  return {
    postgres: async () => {
      try {
        return await readAny(async (session) => {
          await pingDatabase(session)
          return await excessRights(session.sql, 'api')
        })
      } catch (error) {
        const problem = await wireProblem(database)
        throw problem === null ? error : new Error(`Postgres: ${problem}`, { cause: error })
      }
    },
    temporal: async () => {
      const outage = await findOutage(access, TEMPORAL_PROBE_MS)
      if (outage !== null) throw new Error(outage)
    },
    kafka: async () => {
      const logs = await readLogs()
      if (!logs.ok) throw new Error(logs.message)
    },
  }
}
