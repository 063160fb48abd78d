import { setTimeout as sleep } from 'node:timers/promises'
import type { Sql, Transaction } from '../connection/connect.ts'
import { LOCK_NOT_AVAILABLE } from '../connection/failure.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'

/**
 * Who wants the same table waits behind a migration that waits. Shorter than the time after which Postgres looks for deadlocks, a
 * second, so that in one the migration gives way, and no batch.
 */
const LOCK_TIMEOUT_MS = 800
/** What takes longer would keep others waiting for as long: it is undone. */
const STATEMENT_TIMEOUT_MS = 2_000
const ATTEMPTS = 60
const PAUSE_MS = 250
const MAX_PAUSE_MS = 5_000

const DEADLOCK = '40P01'
const QUERY_CANCELED = '57014'

/**
 * Runs a transaction beside processes that use the same tables, again and again until it got its locks. Nobody waits for it longer
 * than two timeouts: while it waits for a lock, and while a statement runs.
 * @param work `hurry` makes the timeouts those of a migration; before it, it may wait
 * @throws {PipelineFailure} after some minutes; transient
 */
export async function retryingLocks<T>(
  sql: Sql,
  name: string,
  work: (tx: Transaction, hurry: () => Promise<void>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await sql.begin((tx) =>
        work(tx, async () => {
          await tx`/* retryingLocks */ select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true),
                                              set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true)`
        }),
      )) as T
    } catch (error) {
      const { code } = error as { code?: string }
      if (![LOCK_NOT_AVAILABLE, DEADLOCK, QUERY_CANCELED].includes(code ?? '')) throw error
      if (attempt === ATTEMPTS)
        throw new PipelineFailure(
          'transient',
          'postgres',
          `${name} was tried ${ATTEMPTS} times and undone, because others use what it changes: find who does ` +
            '(select pid, application_name, state, xact_start from pg_stat_activity order by xact_start), end that, and ' +
            'run npm run migrate again',
          { cause: error },
        )
      await sleep(Math.min(PAUSE_MS * attempt, MAX_PAUSE_MS))
    }
  }
}
