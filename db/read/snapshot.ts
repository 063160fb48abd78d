import type { Sql, Transaction } from '../connect.ts'

export type ReadSource = 'primary' | 'replica'

/** One snapshot of one node: everything read through it agrees. */
export type ReadSession = {
  sql: Transaction
  /** What the node is at this moment, whatever it was configured as. */
  source: ReadSource
  /** The node's clock when the snapshot was taken. */
  readAt: Date
  /** How far the replica is behind, at most; 0 when it has replayed all it received, null on a primary. */
  replicaLagMs: number | null
}

/** `no`: the node does not serve; `behind`: it would, but its data are older than asked for. `work` never ran then. */
export type Opened<T> = { opened: 'yes'; result: T } | { opened: 'no' | 'behind'; reason: string }

/** Connecting and the first statement take milliseconds; a node that needs longer hangs or is cut off. */
const OPEN_DEADLINE_MS = 1_000

class NotOpened extends Error {
  readonly opened: 'no' | 'behind'
  constructor(opened: 'no' | 'behind', reason: string) {
    super(reason)
    this.opened = opened
  }
}

/** Runs `work` in a read-only snapshot, unless the node does not open one in time or is not what it should be. */
export async function inSnapshot<T>(
  pool: Sql,
  wanted: { configuredAs: ReadSource; maxLagMs: number },
  work: (session: ReadSession) => Promise<T>,
  onOpen: () => void,
): Promise<Opened<T>> {
  // Settles before the transaction does: a hung node does not answer the rollback either.
  const failed = Promise.withResolvers<never>()
  const progress = { isOpen: false, isLate: false }
  const deadline = setTimeout(() => {
    progress.isLate = true
    failed.reject(new NotOpened('no', `no answer within ${OPEN_DEADLINE_MS} ms`))
  }, OPEN_DEADLINE_MS)
  const transaction = pool.begin('isolation level repeatable read read only', async (sql) => {
    const session = await describeNode(sql)
    if (progress.isLate) throw new NotOpened('no', 'answered too late')
    clearTimeout(deadline)
    refuseUnlessWanted(session, wanted)
    progress.isOpen = true
    onOpen()
    try {
      return await work(session)
    } catch (error) {
      failed.reject(error)
      throw error
    }
  })
  transaction.catch(() => undefined)
  try {
    return { opened: 'yes', result: (await Promise.race([transaction, failed.promise])) as T }
  } catch (error) {
    if (progress.isOpen) throw error
    const opened = error instanceof NotOpened ? error.opened : 'no'
    return { opened, reason: error instanceof Error && error.message !== '' ? error.message : String(error) }
  } finally {
    clearTimeout(deadline)
  }
}

function refuseUnlessWanted(
  session: ReadSession,
  wanted: { configuredAs: ReadSource; maxLagMs: number },
): void {
  if (wanted.configuredAs === 'replica' && session.source === 'primary') {
    throw new NotOpened('no', 'it is no replica any more')
  }
  if ((session.replicaLagMs ?? 0) > wanted.maxLagMs) throw new NotOpened('behind', 'its data are too old')
}

async function describeNode(sql: Transaction): Promise<ReadSession> {
  // Without a receiver the replica is cut off from its primary: that it has replayed all it received says nothing then.
  const [row] = await sql<{ in_recovery: boolean; read_at: Date; lag_ms: number | null }[]>`
    /* describeNode */
    select pg_is_in_recovery() as in_recovery,
           clock_timestamp() as read_at,
           case when not pg_is_in_recovery() then null
                when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                     and exists (select from pg_stat_get_wal_receiver() receiver where receiver.pid is not null) then 0
                else (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::float8
           end as lag_ms`
  if (row === undefined) throw new Error('describeNode returned no row')
  return {
    sql,
    source: row.in_recovery ? 'replica' : 'primary',
    readAt: row.read_at,
    replicaLagMs: row.lag_ms === null ? null : Math.max(0, row.lag_ms),
  }
}
