import type { Transaction } from '../connection/connect.ts'
import { ReadFailure, readFailure } from './read-failure.ts'
import type { ReadSession } from './snapshot.ts'

/** Longer than a statement may take: what does not answer by then hangs, and Postgres will not say so. */
const SILENCE_MS = 6_000
/** All statements of one question together; whoever waits longer asked for too much. */
const BUDGET_MS = 15_000

/**
 * Runs a query behind a savepoint, so that one that fails leaves the transaction, its snapshot and the locks of the queries before
 * it as they were. The savepoint goes out together with the first statement, and costs no round trip.
 * @throws {ReadFailure} `unavailable` or `interrupted`: the transaction is lost. What `query` throws otherwise passes.
 */
export async function containedRead<T>(
  session: ReadSession,
  query: (session: ReadSession) => Promise<T>,
): Promise<T> {
  const statements = watchStatements(session.sql)
  try {
    const result = await Promise.race([query({ ...session, sql: statements.sql }), statements.overrun])
    if (statements.haveFailed()) await statements.undo()
    return result
  } catch (error) {
    const failure = readFailure(error)
    if (!isLost(failure)) await statements.undo()
    throw failure
  } finally {
    statements.end()
  }
}

/** Whether a failure took the transaction with it. */
export const isLost = (error: unknown): boolean =>
  error instanceof ReadFailure && (error.kind === 'unavailable' || error.kind === 'interrupted')

/** Transactions whose last query left its savepoint: the next one puts its own in place of it, which saves a statement. */
const withSavepoint = new WeakSet<Transaction>()

/**
 * The statements of one query. `overrun` rejects when Postgres falls silent, or when all of them take too long; from then on, and
 * from `undo` on, none can be sent any more, by whatever the query left running.
 */
function watchStatements(sql: Transaction) {
  const overrun = Promise.withResolvers<never>()
  overrun.promise.catch(() => undefined)
  const late = Promise.withResolvers<never>()
  late.promise.catch(() => undefined)
  let state: 'unused' | 'open' | 'over' = 'unused'
  let hasFailed = false
  const silence = setTimeout(() => {
    const failure = new ReadFailure('unavailable', `the database node did not answer within ${SILENCE_MS} ms`)
    overrun.reject(failure)
    late.reject(failure)
  }, SILENCE_MS)
  const budget = setTimeout(() => {
    overrun.reject(
      new ReadFailure('timeout', 'the query took too long; ask for a shorter range or fewer dimensions'),
    )
  }, BUDGET_MS)
  const send = (control: string) => {
    const sent = sql.unsafe(control).execute()
    sent.catch(() => undefined)
    return sent
  }
  const begin = () => {
    void send(
      withSavepoint.has(sql) ? 'release savepoint question; savepoint question' : 'savepoint question',
    )
    withSavepoint.add(sql)
  }
  const watch = (statement: Promise<unknown>) => {
    // Not statement.then, which would send what may be a part of another statement.
    void Promise.prototype.then.call(
      statement,
      () => silence.refresh(),
      () => {
        hasFailed = true
        silence.refresh()
      },
    )
  }
  const watched = new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      if (state === 'over') throw new ReadFailure('timeout', 'the query has ended already')
      if (state === 'unused') begin()
      state = 'open'
      const made: unknown = Reflect.apply(target, self, args)
      if (made instanceof Promise) watch(made)
      return made
    },
  })
  return {
    sql: watched,
    overrun: overrun.promise,
    haveFailed: () => hasFailed,
    /** Waits for what is under way. @throws {ReadFailure} the transaction is lost */
    undo: async () => {
      const isToUndo = state === 'open'
      state = 'over'
      if (!isToUndo) return
      silence.refresh()
      withSavepoint.delete(sql)
      try {
        await Promise.race([send('rollback to savepoint question; release savepoint question'), late.promise])
      } catch (error) {
        throw readFailure(error)
      }
    },
    end: () => {
      state = 'over'
      clearTimeout(silence)
      clearTimeout(budget)
    },
  }
}
