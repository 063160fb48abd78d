import type { Config } from '../config/config.ts'
import { connectPostgres, FROZEN_WORKER_MS } from '../db/connection/connect.ts'
import { assertDirectSession } from '../db/connection/direct-session.ts'
import { applyRetention, type Retained } from '../db/rollups/retention.ts'

/** As long as the activity may take: a statement may index a day of logins or delete a month of minutes. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000

/** Applies retention, on a connection of its own because its statements take long. */
export async function retainTables({ database, retention }: Config): Promise<Retained> {
  const sql = connectPostgres(database, {
    applicationName: 'rollcall retention',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: FROZEN_WORKER_MS,
  })
  try {
    await assertDirectSession(sql)
    return await applyRetention(sql, retention)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
