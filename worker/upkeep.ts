import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../config/logger.ts'
import { repeatedFault } from '../config/repeated-fault.ts'
import type { Semaphore } from '../concurrency/semaphore.ts'
import type { Config } from '../config/config.ts'
import { connectPostgres, FROZEN_WORKER_MS, type Sql } from '../db/connection/connect.ts'
import { assertDirectSession } from '../db/connection/direct-session.ts'
import { postgresFailure, refusesStatement } from '../db/connection/failure.ts'
import { makeActiveSpans } from '../db/rollups/make-active-spans.ts'
import { indexLogins } from '../db/rollups/index-logins.ts'
import { listDay } from '../db/rollups/list-days.ts'
import { rollUpByCommitTime } from '../db/rollups/roll-up-by-commit-time.ts'
import { rollUpMonth } from '../db/rollups/roll-up-months.ts'
import { rollUpSightings } from '../db/rollups/roll-up-sightings.ts'

/** Pause between two rounds: batches that are committed meanwhile share most of their bitmaps. */
const INTERVAL_MS = 1_000
/**
 * How long a task that found nothing to do is left out. It is for periods of minutes or more that are over,
 * and most of the time there are none.
 */
const QUIET_MS = 10_000

/** The same for what is made of whole days. */
const SPANS_QUIET_MS = 60_000

type Task = {
  name: string
  /** Resolves to false or 0 if there was nothing to do. */
  run: (sql: Sql) => Promise<number | boolean>
  quietMs: number
}

/**
 * One round. Sightings come first, because they give users the numbers under which indexLogins lists them;
 * answers wait for them, so they are in each round.
 */
const tasks: readonly Task[] = [
  { name: 'roll_up_sightings', run: rollUpSightings, quietMs: 0 },
  { name: 'roll_up_by_commit_time', run: rollUpByCommitTime, quietMs: QUIET_MS },
  { name: 'index_logins', run: indexLogins, quietMs: QUIET_MS },
  { name: 'roll_up_month', run: rollUpMonth, quietMs: QUIET_MS },
  { name: 'make_active_spans', run: makeActiveSpans, quietMs: SPANS_QUIET_MS },
  { name: 'list_day', run: listDay, quietMs: SPANS_QUIET_MS },
]
/**
 * How many times as long as a task took upkeep rests after it. In a backlog, when batches wait for each
 * other, ingestion keeps 24 of 25 parts of the time; otherwise 8 of 9.
 */
const REST_FACTOR = { backlog: 24, usual: 8 }
/**
 * Upper limit of a rest: a task that took long because it waited for Postgres, or was frozen, did not work
 * all that time.
 */
const MAX_REST_MS = 30_000
const STATEMENT_TIMEOUT_MS = 30_000

/** Whether batches wait for each other. */
type Backlog = Pick<Semaphore, 'isCrowded'>

/** Is told how each task went. */
export type UpkeepObserver = {
  taskDone: (task: string, durationMs: number) => void
  taskFailed: (task: string) => void
}

/**
 * Starts the work that can be done some time after a commit, for as long as the process runs: rolls up
 * sightings, counts the active users of periods that are over, rolls up counts by commit time and by month,
 * indexes logins by hour, makes spans of active users, and lists logins by day. Several processes may run it: an advisory lock gives
 * each task to one of them at a time. A failed task is tried again in the next round; the log says when
 * upkeep begins to fail, and when it succeeds again.
 * @returns a function that stops upkeep after the task in hand
 */
export function startUpkeep(
  { database }: Config,
  log: Logger,
  batchesInWork: Backlog,
  observe: UpkeepObserver,
): () => Promise<void> {
  const sql = connectPostgres(database, {
    applicationName: 'rollcall upkeep',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: FROZEN_WORKER_MS,
  })
  const stop = new AbortController()
  const ended = runRounds(sql, log, { batchesInWork, observe, stop: stop.signal })
  return async () => {
    stop.abort()
    await Promise.race([ended, sleep(INTERVAL_MS)])
    await sql.end({ timeout: 1 })
  }
}

type Rounds = { batchesInWork: Backlog; observe: UpkeepObserver; stop: AbortSignal }

async function runRounds(sql: Sql, log: Logger, rounds: Rounds): Promise<void> {
  const { stop } = rounds
  const isOver = () => stop.aborted
  // At level info, because the partitions that wait for Postgres log the warning.
  const outage = repeatedFault(log, { level: 'info', ...saysOfUpkeep })
  const refusal = repeatedFault(log, { level: 'error', ...saysOfUpkeep })
  const dueMs = new Map<Task, number>()
  const onFailure = (error: unknown, task: Task) => {
    const failure = postgresFailure(error)
    const isOutage = failure.failureClass === 'transient' && !refusesStatement(failure)
    const fault = isOutage ? outage : refusal
    fault.failed({ error: failure.message, task: task.name })
  }
  while (!isOver()) {
    const hasFailed = await runRound(sql, dueMs, rounds, onFailure)
    if (isOver()) return
    if (!hasFailed) for (const fault of [outage, refusal]) fault.worked()
    await sleep(INTERVAL_MS, undefined, { signal: stop }).catch(() => undefined)
  }
}

/**
 * Runs each task that is due once, with a rest after it.
 * @param dueMs when each task is to run again, by the monotonic clock; changed by this round
 * @returns whether one failed
 */
async function runRound(
  sql: Sql,
  dueMs: Map<Task, number>,
  { batchesInWork, observe, stop }: Rounds,
  onFailure: (error: unknown, task: Task) => void,
): Promise<boolean> {
  let hasFailed = false
  for (const task of tasks) {
    const startMs = performance.now()
    if (startMs < (dueMs.get(task) ?? startMs)) continue
    try {
      await assertDirectSession(sql)
      const hasWorked = Boolean(await task.run(sql))
      dueMs.set(task, hasWorked ? 0 : startMs + task.quietMs)
      observe.taskDone(task.name, performance.now() - startMs)
    } catch (error) {
      observe.taskFailed(task.name)
      onFailure(error, task)
      hasFailed = true
    }
    await rest(performance.now() - startMs, batchesInWork, stop)
    if (stop.aborted) break
  }
  return hasFailed
}

/**
 * How long upkeep rests after a task.
 * @param taskMs how long the task took, in milliseconds
 * @param isBacklog whether batches wait for each other
 * @returns milliseconds, at most 30,000
 */
export function restMs(taskMs: number, isBacklog: boolean): number {
  return Math.min(MAX_REST_MS, taskMs * (isBacklog ? REST_FACTOR.backlog : REST_FACTOR.usual))
}

/** Rests, and checks each second whether a backlog has begun or ended. */
async function rest(taskMs: number, batchesInWork: Backlog, stop: AbortSignal): Promise<void> {
  const startMs = performance.now()
  const leftMs = () => restMs(taskMs, batchesInWork.isCrowded) - (performance.now() - startMs)
  while (!stop.aborted && leftMs() > 0)
    await sleep(Math.min(INTERVAL_MS, leftMs()), undefined, { signal: stop }).catch(() => undefined)
}

const saysOfUpkeep = {
  failing: 'upkeep failed and is tried again: until it succeeds, answers fall behind',
  works: 'upkeep works again: answers catch up',
}
