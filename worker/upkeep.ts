import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Semaphore } from '../concurrency/semaphore.ts'
import type { Config } from '../config/config.ts'
import { countActiveUsers } from '../db/rollups/active-user-counts.ts'
import { connectPostgres, FROZEN_WORKER_MS } from '../db/connection/connect.ts'
import { assertDirectSession } from '../db/connection/direct-session.ts'
import { postgresFailure } from '../db/connection/failure.ts'
import { rollUpSightings } from '../db/rollups/roll-up-sightings.ts'
import { indexLogins } from '../db/rollups/index-logins.ts'
import { rollUpMonth } from '../db/rollups/roll-up-months.ts'
import { rollUpByCommitTime } from '../db/rollups/roll-up-by-commit-time.ts'
import type { PipelineFailure } from '../domain/pipeline/failure.ts'

/** Between two looks: batches that come meanwhile share most of the bitmaps. */
const INTERVAL_MS = 1_000
/** In this order: users have numbers before logins are listed by them. */
const tasks = [rollUpSightings, countActiveUsers, rollUpByCommitTime, indexLogins, rollUpMonth]
/**
 * Rest after each task, in times of what it took. While batches wait for each other in a backlog, ingestion keeps nearly all of
 * the process; otherwise most of it.
 */
const REST_FACTOR = { backlog: 24, usual: 8 }
/** However long it took: what waited for Postgres, or was frozen, did not work. */
const MAX_REST_MS = 30_000
const STATEMENT_TIMEOUT_MS = 30_000

/**
 * Does what may be done later than a commit, for as long as the process runs: rolls up sightings, counts the users of periods that
 * are over, adds up what was written and whole months, lists logins by hour. Every worker does, and whoever comes first has the
 * turn. Says once that it fails, and once that it goes on.
 * @returns what ends it, after the work in hand
 */
export function startUpkeep(
  { database }: Config,
  log: Logger,
  batchesInWork: Pick<Semaphore, 'isCrowded'>,
): () => Promise<void> {
  const sql = connectPostgres(database.url, {
    applicationName: 'rollcall upkeep',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: FROZEN_WORKER_MS,
  })
  const stop = new AbortController()
  const isOver = () => stop.signal.aborted
  let isFailing = false
  const run = async () => {
    while (!isOver()) {
      let hasFailed = false
      for (const task of tasks) {
        const startMs = performance.now()
        try {
          await assertDirectSession(sql)
          await task(sql)
        } catch (error) {
          if (!isFailing) sayFailure(log, postgresFailure(error))
          isFailing = hasFailed = true
        }
        await rest(performance.now() - startMs, batchesInWork, stop.signal)
        if (isOver()) return
      }
      if (isFailing && !hasFailed) {
        log.info('sightings are rolled up again, and sums made')
        isFailing = false
      }
      await sleep(INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  const ended = run()
  return async () => {
    stop.abort()
    await Promise.race([ended, sleep(INTERVAL_MS)])
    await sql.end({ timeout: 1 })
  }
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

/** Looks each second: a backlog may end, or begin. */
async function rest(
  taskMs: number,
  batchesInWork: Pick<Semaphore, 'isCrowded'>,
  stop: AbortSignal,
): Promise<void> {
  const startMs = performance.now()
  const leftMs = () => restMs(taskMs, batchesInWork.isCrowded) - (performance.now() - startMs)
  while (!stop.aborted && leftMs() > 0)
    await sleep(Math.min(INTERVAL_MS, leftMs()), undefined, { signal: stop }).catch(() => undefined)
}

/** An outage is said as a warning by the partitions that wait for it. */
function sayFailure(log: Logger, { failureClass, message }: PipelineFailure): void {
  const level = failureClass === 'permanent' ? 'error' : 'info'
  log[level](
    { error: message },
    'sightings wait to be rolled up, and sums to be made: answers about activity stay behind',
  )
}
