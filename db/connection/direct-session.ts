import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { Sql } from './connect.ts'

const checked = new WeakMap<Sql, Promise<void>>()

/**
 * Makes sure, once for each pool, that its sessions are Postgres's own. A pooler drops time-outs, gives a
 * session with its locks and prepared statements to another client, and lets a stopped worker keep what it
 * holds (G3).
 * @throws {PipelineFailure} transient, with what to do: no data are at fault (G5)
 * @throws what postgres.js throws when no session can be opened
 */
export async function assertDirectSession(sql: Sql): Promise<void> {
  const before = checked.get(sql)
  const check = before ?? inspectSession(sql)
  checked.set(sql, check)
  try {
    await check
  } catch (error) {
    checked.delete(sql)
    throw error
  }
}

async function inspectSession(sql: Sql): Promise<void> {
  // Sent in the simple protocol, which every pooler passes on.
  const rows = await sql.unsafe<{ pid: number; is_set: boolean }[]>(`
    /* inspectSession */
    select pg_backend_pid() as pid, current_setting('statement_timeout') <> '0'
           and current_setting('idle_in_transaction_session_timeout') <> '0' as is_set`)
  const [row] = rows
  if (row === undefined) throw new Error('inspectSession returned no row')
  // When a connection is opened, a pooler names a process id of its own; the query is answered by a server of
  // its choice.
  if (row.pid !== rows.state.pid)
    throw indirect('the server process that answers is not the one that the connection was opened with')
  if (!row.is_set) throw indirect('the time-outs of the session were dropped')
}

const indirect = (sign: string) =>
  new PipelineFailure(
    'transient',
    'postgres',
    `Postgres is reached through a pooler such as PgBouncer (${sign}): ${WANTED}`,
  )

/** The end of every message about poolers. */
export const WANTED =
  'Rollcall needs sessions of its own, so let DATABASE_URL and DATABASE_REPLICA_URLS lead to Postgres itself'

/** Whether an error says that a URL leads to a pooler: trying it again will not help. */
export const isIndirect = (error: unknown): boolean =>
  error instanceof Error && error.message.endsWith(WANTED)
