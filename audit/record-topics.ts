import { randomUUID } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { connectPostgres } from '../db/connection/connect.ts'
import { classingPostgres } from '../db/connection/failure.ts'
import { recordAuditEvent } from '../db/ledger/audit-events.ts'

const STATEMENT_TIMEOUT_MS = 5_000

/**
 * Audits which topics were created, on a connection of its own.
 * @throws {PipelineFailure} Postgres is away or not migrated yet; the message says what to do
 */
export async function recordTopics(database: Config['database'], topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return
  const sql = connectPostgres(database, {
    applicationName: 'rollcall topics',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  try {
    await classingPostgres(() =>
      recordAuditEvent(sql, {
        id: randomUUID(),
        kind: 'topics_created',
        at: new Date().toISOString(),
        actor: null,
        result: 'done',
        detail: { topics },
      }),
    )
  } finally {
    await sql.end({ timeout: 1 })
  }
}
