import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { connectPostgres, FROZEN_WORKER_MS, type Sql } from '../../db/connection/connect.ts'
import { assertDirectSession } from '../../db/connection/direct-session.ts'
import { classingPostgres } from '../../db/connection/failure.ts'

/**
 * A statement works on one batch; one that takes longer means that Postgres hangs, and the partition should
 * report that.
 */
const STATEMENT_TIMEOUT_MS = 30_000
/**
 * A connection closes once its last request is answered; if its server hangs, it is left to its own time-out.
 */
const CLOSE_MS = 1_000

/**
 * Opens a Postgres session of its own for work on one batch after the other.
 * @throws {PipelineFailure} transient if Postgres does not answer; of another class if it can never work, as
 * behind a pooler
 */
export async function openSession({ database }: Config, applicationName: string): Promise<Sql> {
  const sql = connectPostgres(database, {
    applicationName,
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: FROZEN_WORKER_MS,
  })
  try {
    await classingPostgres(() => assertDirectSession(sql))
    return sql
  } catch (error) {
    await closeAll([endSession(sql)])
    throw error
  }
}

export type Closer = () => Promise<unknown>

/** Returns the function that closes a session of `openSession`. */
export const endSession = (sql: Sql): Closer => {
  return () => sql.end({ timeout: 1 })
}

/** Closes connections, but waits no longer than a second. */
export async function closeAll(closers: readonly Closer[]): Promise<void> {
  await Promise.race([Promise.allSettled(closers.map((closer) => closer())), sleep(CLOSE_MS)])
}
