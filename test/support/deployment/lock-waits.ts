import { setTimeout as sleep } from 'node:timers/promises'
import { connectPostgres, type Sql } from '../../../db/connection/connect.ts'

const EVERY_MS = 50

/** The longest time that each kind of use has waited for its locks, in milliseconds. */
export type LockWaits = { read: number; write: number; checkpoint: number; audit: number; rounds: number }

/**
 * Takes, every 50 ms, the locks that a question takes (of every table), that a batch takes (of every table, and of the rows of the
 * checkpoints) and that an event of the audit takes, and gives them back.
 * @returns a function that ends that and gives the longest waits
 */
export async function measureLockWaits(url: string): Promise<() => Promise<LockWaits>> {
  const connect = () =>
    connectPostgres(url, {
      applicationName: 'rollcall lock waits',
      maxConnections: 1,
      statementTimeoutMs: 0,
      idleInTransactionTimeoutMs: 0,
    })
  const sessions = Array.from({ length: 4 }, connect) as [Sql, Sql, Sql, Sql]
  const [read, write, checkpoint, audit] = sessions
  const tables = await tablesOf(read)
  const waits: LockWaits = { read: 0, write: 0, checkpoint: 0, audit: 0, rounds: 0 }
  const stop = new AbortController()
  const repeat = async (kind: Exclude<keyof LockWaits, 'rounds'>, sql: Sql, statement: string) => {
    while (!stop.signal.aborted) {
      const startMs = performance.now()
      await sql.begin((tx) => tx.unsafe(statement))
      waits[kind] = Math.max(waits[kind], Math.round(performance.now() - startMs))
      waits.rounds++
      await sleep(EVERY_MS)
    }
  }
  const running = [
    repeat('read', read, `lock table ${tables.join()} in access share mode`),
    repeat('write', write, `lock table ${tables.join()} in row exclusive mode`),
    repeat('checkpoint', checkpoint, 'select from partition_checkpoint for update'),
    repeat('audit', audit, 'select from audit_head for update'),
  ]
  return async () => {
    stop.abort()
    await Promise.all(running)
    await Promise.all(sessions.map((sql) => sql.end()))
    return waits
  }
}

async function tablesOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select format('only %I', relname) as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`
  return rows.map(({ name }) => name)
}
