import type { BatchEvidence, CheckpointState, LedgerEntry } from '../../../domain/pipeline/reconciliation.ts'
import { type Key, orderOfPage, type TimeRange, withinPage } from '../keyset.ts'
import { isKeptSince, readOldestLoginDay } from '../rows/login-days.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** Which batches to cover: those that meet all conditions. */
export type LedgerSelection = {
  partitions: number[] | null
  /** Batches that hold an offset of [fromOffset, toOffset). */
  fromOffset: bigint | null
  toOffset: bigint | null
  committed: TimeRange
}

/** Reads the batches of a selection in order of partition, incarnation and offset. */
export async function readLedger(
  sql: Sql,
  topic: string,
  selection: LedgerSelection,
  limit: number,
): Promise<LedgerEntry[]> {
  const { from, to } = selection.committed
  const byTime = from !== null || to !== null
  return await withNeighbours(
    sql,
    byTime ? byCommit(sql, topic, selection, limit) : byOffset(sql, topic, selection, limit),
  )
}

/** Whether a selection covers all batches of its partitions. */
export const isWhole = ({ fromOffset, toOffset, committed }: LedgerSelection): boolean =>
  [fromOffset, toOffset, committed.from, committed.to].every((bound) => bound === null)

/** A batch, and when it was first written. */
type LedgerKey = { id: bigint; at: string }

export const keyOfEntry = ({ id, at }: LedgerKey): Key => ({ at, ids: [id] })

/**
 * Reads the keys of batches by partition and commit time: those before `after`, latest first, `limit` at
 * most.
 */
export async function readLedgerKeys(
  sql: Sql,
  topic: string,
  { partitions, committed }: Pick<LedgerSelection, 'partitions' | 'committed'>,
  { limit, after }: { limit: number; after: Key | null },
): Promise<LedgerKey[]> {
  const page = { after, before: null, backwards: false, limit }
  return await sql<LedgerKey[]>`
    /* readLedgerKeys */
    select id, committed_at::text as at from batch
    where topic = ${topic}
      ${partitions === null ? sql`` : sql`and partition = any(${partitions}::integer[])`}
      ${withinPage(sql, ['committed_at', 'id'], page, committed)}
    ${orderOfPage(sql, ['committed_at', 'id'], page)}`
}

/** When the first and the last of these batches were written. Null: there are none. */
export async function readCommitted(
  sql: Sql,
  ids: readonly bigint[],
): Promise<{ from: Date; to: Date } | null> {
  const [row] = await sql<{ from: Date | null; to: Date | null }[]>`
    /* readCommitted: Postgres would look for the first and the last one in order of committed_at, through the whole ledger */
    select min(committed_at) as "from", max(committed_at) as "to"
    from (select committed_at from batch where id = any(${ids.map(String)}::bigint[]) offset 0) as covered`
  const { from = null, to = null } = row ?? {}
  return from === null || to === null ? null : { from, to }
}

/** Reads the batches with these ids, in order of partition, incarnation and offset. */
export async function readLedgerOf(sql: Sql, topic: string, ids: readonly bigint[]): Promise<LedgerEntry[]> {
  return await withNeighbours(
    sql,
    sql`select * from batch where id = any(${ids.map(String)}::bigint[]) and topic = ${topic}`,
  )
}

function byCommit(
  sql: Sql,
  topic: string,
  { partitions, fromOffset, toOffset, committed }: LedgerSelection,
  limit: number,
) {
  const { from, to } = committed
  return sql`
    select * from batch
    where topic = ${topic}
      ${from === null ? sql`` : sql`and committed_at >= ${from.toISOString()}::text::timestamptz`}
      ${to === null ? sql`` : sql`and committed_at < ${to.toISOString()}::text::timestamptz`}
      ${partitions === null ? sql`` : sql`and partition = any(${partitions}::integer[])`}
      ${fromOffset === null ? sql`` : sql`and to_offset > ${String(fromOffset)}::text::bigint`}
      ${toOffset === null ? sql`` : sql`and from_offset < ${String(toOffset)}::text::bigint`}
    limit ${limit}`
}

/** In each log of each partition, starts at the batch that holds the first offset asked for. */
function byOffset(
  sql: Sql,
  topic: string,
  { partitions, fromOffset, toOffset }: LedgerSelection,
  limit: number,
) {
  const [first, end] = [String(fromOffset ?? 0n), toOffset === null ? null : String(toOffset)]
  return sql`
    select held.*
    from partition_checkpoint checkpoint
    cross join generate_series(0, checkpoint.incarnation) as log (incarnation)
    cross join lateral (
      select * from batch
      where topic = ${topic} and partition = checkpoint.partition and incarnation = log.incarnation
        and to_offset > ${first}::text::bigint
        and from_offset >= coalesce(
          (select max(from_offset) from batch
           where topic = ${topic} and partition = checkpoint.partition and incarnation = log.incarnation
             and from_offset <= ${first}::text::bigint), 0)
        ${end === null ? sql`` : sql`and from_offset < ${end}::text::bigint`}
      order by from_offset
      limit ${limit}
    ) as held
    where checkpoint.topic = ${topic}
      ${partitions === null ? sql`` : sql`and checkpoint.partition = any(${partitions}::integer[])`}
    limit ${limit}`
}

async function withNeighbours(sql: Sql, covered: ReturnType<typeof byOffset>): Promise<LedgerEntry[]> {
  return await sql<LedgerEntry[]>`
    /* withNeighbours */
    select covered.id, covered.partition, covered.incarnation, covered.from_offset as "from", covered.to_offset as "to",
           covered.status, covered.logins, covered.rejects, covered.gaps, covered.login_rows as "loginRows",
           (select to_offset from batch
            where topic = covered.topic and partition = covered.partition and incarnation = covered.incarnation
              and from_offset < covered.from_offset
            order by from_offset desc limit 1) as "previousTo",
           (select from_offset from batch
            where topic = covered.topic and partition = covered.partition and incarnation = covered.incarnation
              and from_offset > covered.from_offset
            order by from_offset limit 1) as "nextFrom"
    from (${covered}) as covered
    order by covered.partition, covered.incarnation, covered.from_offset`
}

/**
 * Reads what the other tables hold about these batches, and how many of them have login rows past retention.
 */
export async function readEvidence(
  sql: Sql,
  ids: readonly bigint[],
): Promise<{ evidence: Map<bigint, BatchEvidence>; expired: number }> {
  const list = sql`${ids.map(String)}::bigint[]`
  const deltas = await sql<{ id: bigint; logins: bigint }[]>`
    /* readEvidence: deltas */
    select batch_id as id, sum(added.logins)::bigint as logins
    from login_count_delta delta cross join lateral (select sum(one) as logins from unnest(delta.logins) as one) as added
    where batch_id = any(${list}) group by batch_id`
  const rejects = await sql<({ id: bigint } & BatchEvidence['rejects'][number])[]>`
    /* readEvidence: rejects */
    select batch_id as id, reason, redriven_in is not null as redriven, count(*) as rejects
    from rejected_login where batch_id = any(${list}) group by 1, 2, 3`
  const rows = await readLoginRows(sql, ids)
  const evidence = new Map<bigint, BatchEvidence>(
    ids.map((id) => [id, { deltaLogins: 0n, loginRows: rows.get(id) ?? null, rejects: [] }]),
  )
  for (const { id, logins } of deltas) Object.assign(evidence.get(id) ?? {}, { deltaLogins: logins })
  for (const { id, ...reject } of rejects) evidence.get(id)?.rejects.push(reject)
  return { evidence, expired: ids.length - rows.size }
}

/** Counts rows of `login` by batch. Leaves out batches with an event before the oldest day that is kept. */
async function readLoginRows(sql: Sql, ids: readonly bigint[]): Promise<Map<bigint, bigint>> {
  const counted = await sql<{ id: bigint; first_event_at: Date | null; rows: bigint }[]>`
    /* readLoginRows */
    with chosen as materialized (
      select id, first_event_at, last_event_at from batch where id = any(${ids.map(String)}::bigint[])
    ), held as (
      select batch_id, count(*) as rows
      from login join chosen on chosen.id = login.batch_id
      where batch_id between (select min(id) from chosen) and (select max(id) from chosen)
        and event_at between (select min(first_event_at) from chosen) and (select max(last_event_at) from chosen)
      group by batch_id
    )
    select id, first_event_at, coalesce(rows, 0) as rows from chosen left join held on batch_id = id`
  // Read after the rows: from then on no day can be dropped.
  const oldestDay = await readOldestLoginDay(sql)
  const kept = counted.filter((row) => isKeptSince(oldestDay, row.first_event_at))
  return new Map(kept.map(({ id, rows }) => [id, rows]))
}

/**
 * Reads the checkpoints of a topic and the ends of their ledgers.
 * @param withTotals whether to add up the whole ledger, too: the longer it is, the longer that takes
 */
export async function readCheckpoints(
  sql: Sql,
  topic: string,
  partitions: number[] | null,
  withTotals: boolean,
): Promise<CheckpointState[]> {
  const chosen = partitions === null ? sql`` : sql`and partition = any(${partitions}::integer[])`
  const totals = sql`
    left join (select partition, sum(logins) as logins, sum(rejects) as rejects
               from batch where topic = ${topic} ${chosen} group by partition) as ledger using (partition)`
  return await sql<CheckpointState[]>`
    /* readCheckpoints */
    select checkpoint.partition, incarnation, next_offset as "nextOffset", checkpoint.logins, checkpoint.rejects,
           (select to_offset from batch
            where topic = checkpoint.topic and partition = checkpoint.partition
              and incarnation = checkpoint.incarnation
            order by from_offset desc limit 1) as "ledgerEnd",
           ${withTotals ? sql`coalesce(ledger.logins, 0)::bigint` : sql`null`} as "ledgerLogins",
           ${withTotals ? sql`coalesce(ledger.rejects, 0)::bigint` : sql`null`} as "ledgerRejects"
    from partition_checkpoint checkpoint ${withTotals ? totals : sql``}
    where checkpoint.topic = ${topic} ${chosen}
    order by partition`
}
