import { connectPostgres, type Database, type Sql } from '../connection/connect.ts'
import { withDeadline } from '../../concurrency/with-deadline.ts'
import { Semaphore } from '../../concurrency/semaphore.ts'
import { busy, ReadFailure, readFailure } from './read-failure.ts'
import { countWork } from '../connection/pool-use.ts'
import { nodeAddress } from '../connection/postgres-wire.ts'
import { inSnapshot, type Opened, type ReadSession, type ReadSource, type Wanted } from './snapshot.ts'

/** How a node is found. */
export type NodeLook = {
  /** Its role and address, as in ReadSession. */
  node: string
  isUp: boolean
  /** By how much it is behind at most; 0 of a primary. Null: not known. */
  delayMs: number | null
  /** How long it took to answer; null: it did not. */
  latencyMs: number | null
  /** Why it does not serve; '': it does. */
  problem: string
}

export type ReadNode = {
  /**
   * `down`: it failed and is passed over. `unproven`: that time is over, and nobody has tried the node since.
   */
  health(): 'up' | 'down' | 'unproven'
  /** @throws {ReadFailure} `busy`: `work` has not begun. Any other error: it has. */
  withSession<T>(
    wanted: Omit<Wanted, 'configuredAs'>,
    work: (session: ReadSession) => Promise<T>,
  ): Promise<Opened<T>>
  /** Looks at the node, unless it failed a moment ago. */
  look(): Promise<NodeLook>
  close(): Promise<void>
}

/** Sessions open at a time. Each holds one connection, of which Postgres takes 100 by default. */
const SESSIONS_PER_NODE = 10
/** People wait for these answers: a statement that takes longer asks for too much. */
const STATEMENT_TIMEOUT_MS = 5_000
/**
 * Reading waits only for who changes a table, which takes milliseconds: a table that stays locked is the node's
 * failure, as on a replica whose replay stopped within the change. Shorter than a statement may take, so that the
 * question is not told to ask for less.
 */
const LOCK_TIMEOUT_MS = 2_000
/** A request that stopped reading must not hold back the replica's replay. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
/** A request that has waited this long for a connection is told that the node is busy. */
const PATIENCE_MS = 5_000
/** How long a look may take. */
const LOOK_MS = 2_000
/** How long a node that failed is passed over. */
const DOWN_MS = 5_000
/** When a pool is replaced, its queries may finish: none takes longer than this. */
const POOL_CLOSE_SECONDS = STATEMENT_TIMEOUT_MS / 1000

/** Called once when a node stops serving and once when it serves again, with the reason. */
export type ReportNode = (node: string, serves: boolean, reason: string) => void

/** A node with its own pool, which connects at the first session. */
export function createReadNode(database: Database, configuredAs: ReadSource, report: ReportNode): ReadNode {
  const name = `${configuredAs} ${nodeAddress(database.url)}`
  // Requests wait here and not inside the pool: so a busy node is told from one that does not answer.
  const sessions = new Semaphore(SESSIONS_PER_NODE)
  const beginWork = countWork(applicationName(configuredAs), SESSIONS_PER_NODE)
  const health = createHealth((serves, reason) => {
    report(name, serves, reason)
  })
  let pool: Sql | null = null

  const markFailed = (failed: Sql, reason: string) => {
    health.markFailed(reason)
    // After failures postgres.js waits up to 20 s before it connects again; a new pool connects at once.
    if (pool === failed) pool = null
    void failed.end({ timeout: POOL_CLOSE_SECONDS }).catch(() => undefined)
  }

  const acquire = async () => {
    const endWork = beginWork()
    const release = await sessions.acquire({ patienceMs: PATIENCE_MS })
    if (release === null) {
      endWork()
      throw busy(`all ${SESSIONS_PER_NODE} connections are busy`)
    }
    return () => {
      endWork()
      release()
    }
  }

  const node: ReadNode = {
    health: health.state,
    async withSession(wanted, work) {
      const failuresBefore = health.failures()
      const release = await acquire()
      if (health.state() !== 'up' && health.failures() !== failuresBefore) {
        release()
        return { opened: 'no', reason: 'it failed while others waited for it' }
      }
      const used = (pool ??= openPool(database, configuredAs))
      try {
        const outcome = await inSnapshot(used, name, { ...wanted, configuredAs }, work, health.markUp)
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
    look: async () => {
      const away = (problem: string) => ({ node: name, isUp: false, delayMs: null, latencyMs: null, problem })
      if (health.state() === 'down') return away(health.reason())
      const startMs = performance.now()
      const looking = node.withSession(
        { maxLagMs: Infinity, after: [], isUnlocked: false },
        ({ source, replicaLagMs }) => Promise.resolve(source === 'primary' ? 0 : replicaLagMs),
      )
      try {
        const outcome = await withDeadline(looking, { milliseconds: LOOK_MS, fallback: () => null })
        if (outcome === null) return away(`no answer within ${LOOK_MS} ms`)
        if (outcome.opened !== 'yes') return away(outcome.reason)
        const latencyMs = performance.now() - startMs
        return { node: name, isUp: true, delayMs: outcome.result, latencyMs, problem: '' }
      } catch (error) {
        if (!(error instanceof ReadFailure)) throw error
        return { ...away(error.message), isUp: error.kind === 'busy' }
      }
    },
    close: async () => {
      await pool?.end({ timeout: 1 })
    },
  }
  return node
}

const applicationName = (configuredAs: ReadSource): string => `rollcall-api-${configuredAs}`

const openPool = (database: Database, configuredAs: ReadSource): Sql =>
  connectPostgres(database, {
    applicationName: applicationName(configuredAs),
    maxConnections: SESSIONS_PER_NODE,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    idleInTransactionTimeoutMs: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    planEachCall: true,
    urlSetting: configuredAs === 'primary' ? 'DATABASE_URL' : 'DATABASE_REPLICA_URLS',
  })

/** Whether a node serves. @param report told of each change */
function createHealth(report: (serves: boolean, reason: string) => void) {
  let failedUntilMs: number | null = null
  let failures = 0
  let lastReason = ''
  return {
    state: () => (failedUntilMs === null ? 'up' : Date.now() < failedUntilMs ? 'down' : 'unproven'),
    /** How often it has failed so far. */
    failures: () => failures,
    /** Why it failed last. */
    reason: () => lastReason,
    markUp: () => {
      if (failedUntilMs !== null) report(true, 'it answers again')
      failedUntilMs = null
    },
    markFailed: (reason: string) => {
      if (failedUntilMs === null) report(false, reason)
      failedUntilMs = Date.now() + DOWN_MS
      lastReason = reason
      failures++
    },
  } as const
}
