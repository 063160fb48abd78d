import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { Sql } from './connect.ts'

const checked = new WeakMap<Sql, Promise<void>>()

/**
 * Makes sure, once a pool, that its sessions are Postgres's own. Behind a pooler time-outs are dropped, locks and prepared
 * statements stay with a session that someone else gets, and a worker that was stopped keeps what it holds (G3).
 * @throws {PipelineFailure} transient, saying what to do; nobody's data is at fault (G5)
 * @throws what postgres.js throws when there is no session to be had
 */
export async function assertDirectSession(sql: Sql): Promise<void> {
  const before = checked.get(sql)
  const check = before ?? ask(sql)
  checked.set(sql, check)
  try {
    await check
  } catch (error) {
    checked.delete(sql)
    throw error
  }
}

async function ask(sql: Sql): Promise<void> {
  // In the simple protocol, which every pooler passes on.
  const rows = await sql.unsafe<{ pid: number; is_set: boolean }[]>(`
    /* assertDirectSession */
    select pg_backend_pid() as pid, current_setting('statement_timeout') <> '0'
           and current_setting('idle_in_transaction_session_timeout') <> '0' as is_set`)
  const [row] = rows
  if (row === undefined) throw new Error('assertDirectSession returned no row')
  // A pooler names a process of its own when the connection is opened, and the server that it chose answers.
  if (row.pid !== rows.state.pid) throw indirect('another server process answers than the one connected to')
  if (!row.is_set) throw indirect('the time-outs of the session were dropped')
}

const indirect = (sign: string) =>
  new PipelineFailure(
    'transient',
    'postgres',
    `Postgres is reached through a pooler such as PgBouncer (${sign}): ${WANTED}`,
  )

/** What every message about poolers ends with. */
export const WANTED =
  'Rollcall needs sessions of its own, so let DATABASE_URL and DATABASE_REPLICA_URLS lead to Postgres itself'

/** Whether an error says that Postgres is only to be had through a pooler: the same URL will never do. */
export const isIndirect = (error: unknown): boolean =>
  error instanceof Error && error.message.endsWith(WANTED)
