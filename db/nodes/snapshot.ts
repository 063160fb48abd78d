import type { Sql, Transaction } from '../connection/connect.ts'
import { assertDirectSession } from '../connection/direct-session.ts'
import { hintOf } from '../connection/hint.ts'
import { placeOfNode } from '../connection/trace-statements.ts'
import { activeSpan } from '../../tracing/active-span.ts'
import { includes, parseLsn, type ReadToken } from './read-token.ts'

export type ReadSource = 'primary' | 'replica'

/** One snapshot of one node: everything read through it agrees. */
export type ReadSession = {
  sql: Transaction
  /** The node's role and address, as an operator knows it. */
  node: string
  /** What the node was when the snapshot was taken, whatever it was configured as. */
  source: ReadSource
  /** The node's clock just before the snapshot was taken. */
  readAt: Date
  /**
   * By how much the replica is behind at most; 0 when it has replayed everything from a primary that it heard
   * a moment ago. Null: not known, or the node is a primary.
   */
  replicaLagMs: number | null
  /** Place in the write-ahead log (bytes) up to which the snapshot shows everything. */
  position: bigint
}

/** What the node of a snapshot has to be. */
export type Wanted = {
  configuredAs: ReadSource
  /** A replica that is further behind is not opened. */
  maxLagMs: number
  /** Nor is a replica that lacks what was written up to one of these, or that cannot tell. */
  after: readonly ReadToken[]
  /** Whether a node is not opened while a table of the database is locked against reading. */
  isUnlocked: boolean
}

/**
 * `no`: the node does not serve. `behind`: it does, but its data are too old. In both cases `work` never ran.
 */
export type Opened<T> = { opened: 'yes'; result: T } | { opened: 'no' | 'behind'; reason: string }

/** Connecting and the first statement take milliseconds: a node that needs longer hangs or is cut off. */
const OPEN_DEADLINE_MS = 1_000

class NotOpened extends Error {
  readonly opened: 'no' | 'behind'
  constructor(opened: 'no' | 'behind', reason: string) {
    super(reason)
    this.opened = opened
  }
}

/**
 * Runs `work` in a read-only snapshot, unless the node does not open one in time or is not what is wanted.
 */
export async function inSnapshot<T>(
  pool: Sql,
  node: string,
  wanted: Wanted,
  work: (session: ReadSession) => Promise<T>,
  onOpen: () => void,
): Promise<Opened<T>> {
  const span = traceOpening(node)
  // Settles before the transaction does: a hung node does not answer the rollback either.
  const failed = Promise.withResolvers<never>()
  const progress = { isOpen: false, isLate: false }
  const deadline = setTimeout(() => {
    progress.isLate = true
    failed.reject(new NotOpened('no', `no answer within ${OPEN_DEADLINE_MS} ms`))
  }, OPEN_DEADLINE_MS)
  const transaction = beginSnapshot(pool, node, wanted, async (session) => {
    if (progress.isLate) throw new NotOpened('no', 'answered too late')
    clearTimeout(deadline)
    progress.isOpen = true
    span('yes', session.source)
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
    span(opened, wanted.configuredAs)
    return { opened, reason: reasonOf(error, wanted) }
  } finally {
    clearTimeout(deadline)
  }
}

/** A span for what it takes until a node has opened a snapshot, or has not; the request names the node that answers it. */
function traceOpening(node: string): (opened: Opened<unknown>['opened'], role: ReadSource) => void {
  const request = activeSpan()
  const span = request?.child('open snapshot', { kind: 'client', attributes: placeOfNode(node) })
  return (opened, role) => {
    span?.set({ 'rollcall.node.opened': opened, 'rollcall.node.role': role })
    if (opened === 'no') span?.failed('unavailable')
    span?.end()
    if (opened === 'yes') request?.set({ 'rollcall.node': node })
  }
}

async function beginSnapshot<T>(
  pool: Sql,
  node: string,
  wanted: Wanted,
  work: (session: ReadSession) => Promise<T>,
) {
  await assertDirectSession(pool)
  // Described before the snapshot is taken, so that the snapshot shows at least what the description says.
  const description = { node, ...(await describeNode(pool)) }
  await refuseUnlessWanted(pool, description, wanted)
  return await pool.begin('isolation level repeatable read read only', (sql) => work({ sql, ...description }))
}

function reasonOf(error: unknown, { configuredAs }: Wanted): string {
  const hint = hintOf(error, configuredAs === 'primary' ? 'DATABASE_URL' : 'DATABASE_REPLICA_URLS')
  const text = error instanceof Error && error.message !== '' ? error.message : String(error)
  return hint === null ? text : `${text}: ${hint}`
}

type Description = Omit<ReadSession, 'sql'>

async function refuseUnlessWanted(pool: Sql, description: Description, wanted: Wanted): Promise<void> {
  const { source, replicaLagMs } = description
  if (wanted.isUnlocked && (await hasLockedTable(pool))) throw new NotOpened('no', 'a table of it is locked')
  if (wanted.configuredAs === 'replica' && source === 'primary')
    throw new NotOpened('no', 'it is no replica any more')
  if (source === 'primary') return
  if ((replicaLagMs ?? Infinity) > wanted.maxLagMs) throw new NotOpened('behind', 'its data are too old')
  if (wanted.after.length > 0 && !(await shows(pool, description, wanted.after)))
    throw new NotOpened('behind', 'it has not replayed what was written')
}

/** Whether a change of a table is under way; a replica shows those that it replays. */
async function hasLockedTable(pool: Sql): Promise<boolean> {
  const [row] = await pool<{ locked: boolean }[]>`
    /* hasLockedTable */
    select exists (
      select from pg_locks join pg_database on oid = database and datname = current_database()
      where locktype = 'relation' and mode = 'AccessExclusiveLock' and granted
    ) as locked`
  return row?.locked === true
}

/**
 * Whether a replica shows what was written up to each of `after`. A position of another cluster or timeline cannot be
 * compared, so the primary has to answer.
 */
async function shows(pool: Sql, { position }: Description, after: readonly ReadToken[]): Promise<boolean> {
  const shown = { ...(await readIdentity(pool)), position }
  return after.every((token) => includes(shown, token) === true)
}

/** A token for everything that a snapshot shows. */
export const shownUpTo = async ({
  sql,
  position,
}: Pick<ReadSession, 'sql' | 'position'>): Promise<ReadToken> => ({
  ...(await readIdentity(sql)),
  position,
})

/** A token for everything that the primary has written by now, or a replica replayed. */
export async function readToken({ sql }: Pick<ReadSession, 'sql'>): Promise<ReadToken> {
  // Of the primary where the next record goes: beyond every commit that somebody was told of.
  const [row] = await sql<{ lsn: string }[]>`
    /* readToken */
    select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_insert_lsn() end)::text as lsn`
  return { ...(await readIdentity(sql)), position: parseLsn(row?.lsn ?? '0/0') }
}

/**
 * The cluster and its timeline as of the last checkpoint, which every node can tell. After a promotion the
 * timeline may be the one before for a while, never a later one.
 */
async function readIdentity(sql: Sql | Transaction): Promise<Omit<ReadToken, 'position'>> {
  const [row] = await sql<{ system: string; timeline: number }[]>`
    /* readIdentity */
    select system_identifier::text as system, timeline_id as timeline
    from pg_control_system(), pg_control_checkpoint()`
  if (row === undefined) throw new Error('readIdentity returned no row')
  return row
}

/**
 * A worker commits every second: a replica that heard nothing for this long is cut off, or no worker runs.
 */
const HEARD_WITHIN_MS = 3_000

async function describeNode(sql: Sql): Promise<Omit<Description, 'node'>> {
  // A replica that has replayed all it received is as old as the last message of its primary, because its
  // receiver may be gone or cut off. Where nobody may read the time of that message (db/roles/make-roles.ts), it is the age of
  // the last commit.
  const [row] = await sql<
    { in_recovery: boolean; read_at: Date; heard_all: boolean; age_ms: number | null; lsn: string }[]
  >`
    /* describeNode */
    select pg_is_in_recovery() as in_recovery,
           clock_timestamp() as read_at,
           pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() and receiver.pid is not null as heard_all,
           (extract(epoch from clock_timestamp() - greatest(
             pg_last_xact_replay_timestamp(),
             case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then public.primary_heard_at() end
           )) * 1000)::float8 as age_ms,
           (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_insert_lsn() end)::text as lsn
    from (values (0)) as one left join pg_stat_get_wal_receiver() receiver on true`
  if (row === undefined) throw new Error('describeNode returned no row')
  return {
    source: row.in_recovery ? 'replica' : 'primary',
    readAt: row.read_at,
    replicaLagMs: row.in_recovery ? lagOf(row.heard_all, row.age_ms) : null,
    position: parseLsn(row.lsn),
  }
}

function lagOf(heardAll: boolean, ageMs: number | null): number | null {
  if (ageMs === null) return null
  return heardAll && ageMs < HEARD_WITHIN_MS ? 0 : Math.max(0, ageMs)
}
