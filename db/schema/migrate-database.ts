import { connectPostgres, type Database } from '../connection/connect.ts'
import { assertDirectSession } from '../connection/direct-session.ts'
import { classingPostgres } from '../connection/failure.ts'
import { migrate } from './migrate.ts'

/** An index on a large table may take this long to build. */
export const STATEMENT_TIMEOUT_MS = 60 * 60_000

/**
 * Runs `migrate` on a connection of its own to the primary.
 * @throws {PipelineFailure} Postgres is away or refuses; the message says what to do
 */
export async function migrateDatabase(database: string | Database): Promise<string[]> {
  const sql = connectPostgres(database, {
    applicationName: 'rollcall migrate',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  try {
    return await classingPostgres(async () => {
      await assertDirectSession(sql)
      return await migrate(sql)
    })
  } finally {
    await sql.end({ timeout: 1 })
  }
}
