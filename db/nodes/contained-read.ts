import type { Transaction } from '../connection/connect.ts'
import { placeOfNode, traceStatement } from '../connection/trace-statements.ts'
import { ReadFailure, readFailure } from './read-failure.ts'
import type { ReadSession } from './snapshot.ts'

/**
 * Longer than a statement may take: a node that has not answered by then hangs, and nothing else will say so.
 */
const SILENCE_MS = 6_000
/** For all statements of one query together: one that takes longer asks for too much. */
const BUDGET_MS = 15_000

/**
 * Runs a query behind a savepoint: if it fails, the transaction, its snapshot and the locks of earlier
 * queries stay as they were. The savepoint is sent together with the first statement and costs no round trip.
 * @throws {ReadFailure} `unavailable` or `interrupted`: the transaction is lost. Other errors of `query`
 *   leave it usable.
 */
export async function containedRead<T>(
  session: ReadSession,
  query: (session: ReadSession) => Promise<T>,
): Promise<T> {
  const statements = watchStatements(session)
  try {
    const result = await Promise.race([query({ ...session, sql: statements.sql }), statements.overrun])
    if (statements.haveFailed()) await statements.undo()
    return result
  } catch (error) {
    const failure = readFailure(isAborted(error) ? (statements.firstFailure() ?? error) : error)
    if (!isLost(failure)) await statements.undo()
    throw failure
  } finally {
    statements.end()
  }
}

/** Whether a failure has ended the transaction, too. */
export const isLost = (error: unknown): boolean =>
  error instanceof ReadFailure && (error.kind === 'unavailable' || error.kind === 'interrupted')

/** Whether a statement failed because one before it did: of several that were sent at once, its failure may be seen first. */
const isAborted = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '25P02'

/**
 * Transactions that still have the savepoint of their last query. The next query replaces it with its own,
 * which saves a statement.
 */
const withSavepoint = new WeakSet<Transaction>()

/**
 * The statements of one query. `overrun` rejects when Postgres falls silent, or when all of them together
 * take too long. From then on, and from `undo` on, whatever the query left running cannot send another one.
 */
function watchStatements({ sql, node, source }: ReadSession) {
  const place = () => ({ ...placeOfNode(node), 'rollcall.node.role': source })
  const limits = startLimits()
  let state: 'unused' | 'open' | 'over' = 'unused'
  let hasFailed = false
  let firstFailure: unknown
  const watch = (statement: Promise<unknown>) => {
    // Not statement.then: that would send it, although it may be a fragment of another statement.
    void Promise.prototype.then.call(statement, limits.heard, (error: unknown) => {
      firstFailure ??= error
      hasFailed = true
      limits.heard()
    })
  }
  const watched = new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      if (state === 'over') throw new ReadFailure('timeout', 'the query has ended already')
      if (state === 'unused') setSavepoint(sql)
      state = 'open'
      const made: unknown = Reflect.apply(target, self, args)
      if (made instanceof Promise) {
        watch(made)
        traceStatement(place, args, made)
      }
      return made
    },
  })
  return {
    sql: watched,
    overrun: limits.overrun,
    haveFailed: () => hasFailed,
    firstFailure: () => firstFailure,
    /** Rolls back once the statements under way have ended. @throws {ReadFailure} the transaction is lost */
    undo: async () => {
      const isToUndo = state === 'open'
      state = 'over'
      if (!isToUndo) return
      limits.heard()
      await rollBack(sql, limits.silence)
    },
    end: () => {
      state = 'over'
      limits.end()
    },
  }
}

/**
 * `silence` rejects when Postgres has not been heard for too long, `overrun` also when a query has used up
 * its time.
 */
function startLimits() {
  const overrun = Promise.withResolvers<never>()
  const silence = Promise.withResolvers<never>()
  for (const { promise } of [overrun, silence]) promise.catch(() => undefined)
  const silenceTimer = setTimeout(() => {
    const failure = new ReadFailure('unavailable', `the database node did not answer within ${SILENCE_MS} ms`)
    overrun.reject(failure)
    silence.reject(failure)
  }, SILENCE_MS)
  const budgetTimer = setTimeout(() => {
    overrun.reject(
      new ReadFailure('timeout', 'the query took too long; ask for a shorter range or fewer dimensions'),
    )
  }, BUDGET_MS)
  return {
    overrun: overrun.promise,
    silence: silence.promise,
    /** Postgres has answered: the silence begins anew. */
    heard: () => {
      silenceTimer.refresh()
    },
    end: () => {
      clearTimeout(silenceTimer)
      clearTimeout(budgetTimer)
    },
  }
}

function setSavepoint(sql: Transaction): void {
  void send(
    sql,
    withSavepoint.has(sql) ? 'release savepoint question; savepoint question' : 'savepoint question',
  )
  withSavepoint.add(sql)
}

/** @throws {ReadFailure} the transaction is lost */
async function rollBack(sql: Transaction, silence: Promise<never>): Promise<void> {
  withSavepoint.delete(sql)
  try {
    await Promise.race([send(sql, 'rollback to savepoint question; release savepoint question'), silence])
  } catch (error) {
    throw readFailure(error)
  }
}

/** Whoever does not wait for the answer is not told of a failure: the query's own statements fail as well. */
function send(sql: Transaction, control: string): Promise<unknown> {
  const sent = sql.unsafe(control).execute()
  sent.catch(() => undefined)
  return sent
}
