import { withDeadline } from '../../concurrency/with-deadline.ts'
import type { Sql } from './connect.ts'
import { traceStatementsOf } from './trace-statements.ts'

export type ReplacedPool = {
  /** @throws {Error} it took longer than the deadline; whether it took effect is not known then */
  run: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>
  close: () => Promise<void>
}

/**
 * A pool for short statements. One that misses the deadline has the pool replaced, because a connection to a host that
 * vanished would keep all later ones waiting for minutes.
 * @param begin is told of each piece of work, and returns what is told of its end
 */
export function createReplacedPool(
  open: () => Sql,
  deadlineMs: number,
  begin: () => () => void,
): ReplacedPool {
  let pool: Sql | null = null
  const replace = (used: Sql) => {
    if (pool === used) pool = null
    void used.end({ timeout: 0 }).catch(() => undefined)
  }
  return {
    async run(work) {
      const used = (pool ??= open())
      const end = begin()
      const late = new Error(`Postgres did not answer within ${deadlineMs} ms`)
      try {
        return await withDeadline(work(traceStatementsOf(used)), { milliseconds: deadlineMs, message: late })
      } catch (error) {
        if (error === late || isConnectionLost(error)) replace(used)
        throw error
      } finally {
        end()
      }
    },
    close: async () => {
      await pool?.end({ timeout: 1 })
    },
  }
}

/** After failures postgres.js waits up to 20 s before it connects again; a new pool connects at once. */
const isConnectionLost = (error: unknown): boolean =>
  /^(CONNECT|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/.test(
    String((error as { code?: unknown }).code),
  )
