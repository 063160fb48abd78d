import { connectPostgres, type Sql } from '../connection/connect.ts'
import { Semaphore } from '../../concurrency/semaphore.ts'
import { busy, ReadFailure, readFailure } from './read-failure.ts'
import { inSnapshot, type Opened, type ReadSession, type ReadSource, type Wanted } from './snapshot.ts'

export type ReadNode = {
  /** `unproven`: it failed, its time of being passed over is done, and nobody has tried it since. */
  health(): 'up' | 'down' | 'unproven'
  /**
   * @throws {ReadFailure} busy before `work` began; anything else means that `work` had begun
   */
  withSession<T>(
    wanted: Omit<Wanted, 'configuredAs'>,
    work: (session: ReadSession) => Promise<T>,
  ): Promise<Opened<T>>
  close(): Promise<void>
}

/** Sessions at a time: each holds one connection, and a Postgres takes 100 in all by default. */
const SESSIONS_PER_NODE = 10
/** A page is interactive; whoever waits longer asked for too much. */
const STATEMENT_TIMEOUT_MS = 5_000
/** A request that stopped reading must not hold back the replica's replay. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
/** Requests that would wait longer are told that the node is busy. */
const PATIENCE_MS = 5_000
/** How long a node that failed is passed over. */
const DOWN_MS = 5_000
/** A pool that is thrown away lets its queries finish for as long as they may take. */
const POOL_CLOSE_SECONDS = STATEMENT_TIMEOUT_MS / 1000

/** Told when a node stops or starts serving, with the reason; once a change, not once a request. */
export type ReportNode = (node: string, serves: boolean, reason: string) => void

/** A node with a pool of its own; connects at the first session. */
export function createReadNode(url: string, configuredAs: ReadSource, report: ReportNode): ReadNode {
  const name = `${configuredAs} ${new URL(url).host}`
  // Waiting here and not inside the pool keeps a busy node apart from one that does not answer.
  const sessions = new Semaphore(SESSIONS_PER_NODE)
  let pool: Sql | null = null
  let failedUntilMs: number | null = null

  const connect = () =>
    (pool ??= connectPostgres(url, {
      applicationName: `rollcall-api-${configuredAs}`,
      maxConnections: SESSIONS_PER_NODE,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      planEachCall: true,
    }))
  const markUp = () => {
    if (failedUntilMs !== null) report(name, true, 'it answers again')
    failedUntilMs = null
  }
  const markFailed = (failed: Sql, reason: string) => {
    if (failedUntilMs === null) report(name, false, reason)
    failedUntilMs = Date.now() + DOWN_MS
    // postgres.js backs off up to 20 s after failures; a new pool tries at once when the node is asked again.
    if (pool === failed) pool = null
    void failed.end({ timeout: POOL_CLOSE_SECONDS }).catch(() => undefined)
  }

  return {
    health: () => (failedUntilMs === null ? 'up' : Date.now() < failedUntilMs ? 'down' : 'unproven'),
    async withSession(wanted, work) {
      const failedBefore = failedUntilMs
      const release = await sessions.acquire({ patienceMs: PATIENCE_MS })
      if (release === null) throw busy(`all ${SESSIONS_PER_NODE} connections are busy`)
      if (failedUntilMs !== null && failedUntilMs !== failedBefore) {
        release()
        return { opened: 'no', reason: 'it failed while others waited for it' }
      }
      const used = connect()
      try {
        const outcome = await inSnapshot(used, name, { ...wanted, configuredAs }, work, markUp)
        if (outcome.opened === 'no') markFailed(used, outcome.reason)
        return outcome
      } catch (error) {
        const failure = readFailure(error)
        if (failure instanceof ReadFailure && failure.kind === 'unavailable')
          markFailed(used, failure.message)
        throw failure
      } finally {
        release()
      }
    },
    close: async () => {
      await pool?.end({ timeout: 1 })
    },
  }
}
