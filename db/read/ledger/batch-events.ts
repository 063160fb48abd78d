import type { Reject } from '../../../domain/login/record.ts'
import type { DecodeRules } from '../../../domain/decode/decode-rules.ts'
import type { BatchStatus } from '../../../domain/pipeline/batch-status.ts'
import { isKeptSince, readOldestLoginDay } from '../rows/login-days.ts'
import { type PlacedLogin, readLoginsOfBatch } from '../rows/logins.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** What one record is: a login, or a reject with its reason. */
export type BatchEvent = { offset: bigint; login: PlacedLogin | null; reject: Reject | null }

export type Offsets = { from: bigint; to: bigint }

/**
 * Reads the events of a batch with offsets of [from, to) from its rows, in order. Null: not all its logins
 * are kept as rows.
 */
export async function readBatchEvents(
  session: ReadSession,
  batchId: bigint,
  offsets: Offsets,
  limit: number,
): Promise<BatchEvent[] | null> {
  const logins = await readLoginsOfBatch(session, batchId, offsets, limit)
  if (!(await areRowsComplete(session, batchId))) return null
  const rejects = await readBatchRejects(session, batchId, offsets, limit)
  return [
    ...logins.map((login): BatchEvent => ({ offset: login.offset, login, reject: null })),
    ...rejects.map(({ offset, ...reject }): BatchEvent => ({ offset, login: null, reject })),
  ]
    .sort((a, b) => Number(a.offset - b.offset))
    .slice(0, limit)
}

/** Whether the batch is counted and all its logins are still kept as rows. Call it after reading `login`. */
export async function areRowsComplete({ sql }: ReadSession, batchId: bigint): Promise<boolean> {
  const [batch] = await sql<{ complete: boolean; first_event_at: Date | null }[]>`
    /* areRowsComplete */
    select status in ('committed', 'replayed') and logins = login_rows as complete, first_event_at
    from batch where id = ${String(batchId)}::text::bigint`
  if (batch?.complete !== true) return false
  return isKeptSince(await readOldestLoginDay(sql), batch.first_event_at)
}

async function readBatchRejects(
  { sql }: ReadSession,
  batchId: bigint,
  { from, to }: Offsets,
  limit: number,
): Promise<({ offset: bigint } & Reject)[]> {
  return await sql<({ offset: bigint } & Reject)[]>`
    /* readBatchRejects */
    select kafka_offset as offset, reason, detail from rejected_login
    where batch_id = ${String(batchId)}::text::bigint and redriven_in is null
      and kafka_offset >= ${String(from)}::text::bigint and kafka_offset < ${String(to)}::text::bigint
    order by kafka_offset limit ${limit}`
}

/** What is needed to read a batch back from Kafka and to decode it as before. */
export type BatchOrigin = {
  topic: string
  partition: number
  from: bigint
  to: bigint
  status: BatchStatus
  /** Kafka's id of the topic from which the partition is read now. */
  topicId: string
  /** Whether it was read from an earlier log, whose offsets belong to other records now. */
  isPast: boolean
  /** The clock (Unix milliseconds) by which it was decided. */
  clockMs: number
  /** The rules by which it was decoded; null: it was written before rules were kept. */
  rules: DecodeRules | null
  /** Its records that are still rejects, by offset. */
  rejects: Map<bigint, Reject>
  /** Rejects that have become logins, with the clock and the rules of their redrive. */
  redriven: Map<bigint, { clockMs: number; rules: DecodeRules | null }>
}

/** Reads the origin of a batch. Null: there is no such batch. */
export async function readBatchOrigin({ sql }: ReadSession, batchId: bigint): Promise<BatchOrigin | null> {
  const id = String(batchId)
  const [origin] = await sql<Omit<BatchOrigin, 'redriven' | 'rejects'>[]>`
    /* readBatchOrigin */
    select batch.topic, batch.partition, from_offset as "from", to_offset as "to", status, topic_id as "topicId",
           batch.incarnation <> checkpoint.incarnation as "isPast",
           (extract(epoch from coalesce(replay.processed_at, batch.processed_at)) * 1000)::float8 as "clockMs",
           case when replay.batch_id is null then batch.rules else replay.rules end as rules
    from batch
    join partition_checkpoint checkpoint using (topic, partition)
    left join batch_revision replay on replay.batch_id = batch.id and replay.kind = 'replay'
    where batch.id = ${id}::text::bigint`
  if (origin === undefined) return null
  const redriven = await sql<{ offset: bigint; clockMs: number; rules: DecodeRules | null }[]>`
    /* readBatchOrigin: redriven */
    select kafka_offset as offset, (extract(epoch from processed_at) * 1000)::float8 as "clockMs", rules
    from rejected_login
    join batch_revision revised on revised.batch_id = rejected_login.batch_id and revision = redriven_in
    where rejected_login.batch_id = ${id}::text::bigint`
  const rejects = await sql<({ offset: bigint } & Reject)[]>`
    /* readBatchOrigin: rejects */
    select kafka_offset as offset, reason, detail from rejected_login
    where batch_id = ${id}::text::bigint and redriven_in is null`
  return {
    ...origin,
    rejects: new Map(rejects.map(({ offset, ...reject }) => [offset, reject])),
    redriven: new Map(redriven.map(({ offset, ...decision }) => [offset, decision])),
  }
}
