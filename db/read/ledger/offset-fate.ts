import type { OffsetTraces } from '../../../domain/pipeline/offset-fate.ts'
import type { Reject } from '../../../domain/login/record.ts'
import { areRowsComplete } from './batch-events.ts'
import { type BatchRow, readBatch } from './batches.ts'
import { type PlacedLogin, readLoginsOfBatch } from '../rows/logins.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** What is known about an offset in one log of its partition. */
export type OffsetRecord = {
  incarnation: number
  /** Kafka's id of the topic whose log is read now. */
  topicId: string
  traces: OffsetTraces
  batch: BatchRow | null
  login: PlacedLogin | null
  reject: Reject | null
}

/**
 * Reads what each log of a partition has at this offset, in order of the logs; none if the partition was
 * never read.
 */
export async function readOffset(
  session: ReadSession,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<OffsetRecord[]> {
  const records: OffsetRecord[] = []
  for (const place of await readPlaces(session, topic, partition, offset)) {
    const { batchId } = place
    const batch = batchId === null ? null : await readBatch(session, batchId)
    records.push(batch === null ? outside(offset, place) : await inside(session, offset, place, batch))
  }
  return records
}

type Place = {
  incarnation: number
  topicId: string
  current: number
  nextOffset: bigint
  firstOffset: bigint | null
  endOffset: bigint | null
  batchId: bigint | null
}

async function readPlaces(
  { sql }: ReadSession,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<Place[]> {
  const text = String(offset)
  return await sql<Place[]>`
    /* readPlaces */
    select log.incarnation, topic_id as "topicId", checkpoint.incarnation as current, next_offset as "nextOffset",
           (select from_offset from batch
            where topic = ${topic} and partition = ${partition} and incarnation = log.incarnation
            order by from_offset limit 1) as "firstOffset",
           (select to_offset from batch
            where topic = ${topic} and partition = ${partition} and incarnation = log.incarnation
            order by from_offset desc limit 1) as "endOffset",
           (select case when to_offset > ${text}::text::bigint then id end from batch
            where topic = ${topic} and partition = ${partition} and incarnation = log.incarnation
              and from_offset <= ${text}::text::bigint
            order by from_offset desc limit 1) as "batchId"
    from partition_checkpoint checkpoint
    cross join generate_series(0, checkpoint.incarnation) as log (incarnation)
    where checkpoint.topic = ${topic} and checkpoint.partition = ${partition}
    order by log.incarnation`
}

const outside = (offset: bigint, place: Place): OffsetRecord => ({
  incarnation: place.incarnation,
  topicId: place.topicId,
  traces: { ...tracesOf(offset, place), batch: null, hasLoginRow: false, reject: null },
  batch: null,
  login: null,
  reject: null,
})

async function inside(
  session: ReadSession,
  offset: bigint,
  place: Place,
  batch: BatchRow,
): Promise<OffsetRecord> {
  const [login = null] = await readLoginsOfBatch(session, batch.id, { from: offset, to: offset + 1n }, 1)
  const rejected = await readReject(session, batch.id, offset)
  const hasAllRows = await areRowsComplete(session, batch.id)
  const { status, gaps } = batch
  return {
    incarnation: place.incarnation,
    topicId: place.topicId,
    traces: {
      ...tracesOf(offset, place),
      batch: { status, gaps, hasAllRows },
      hasLoginRow: login !== null,
      reject: rejected,
    },
    batch,
    login,
    reject: rejected === null || rejected.redriven ? null : rejected,
  }
}

const tracesOf = (offset: bigint, { incarnation, current, nextOffset, firstOffset, endOffset }: Place) => ({
  offset,
  isCurrent: incarnation === current,
  nextOffset,
  firstOffset,
  endOffset,
})

async function readReject(
  { sql }: ReadSession,
  batchId: bigint,
  offset: bigint,
): Promise<(Reject & { redriven: boolean }) | null> {
  const [reject] = await sql<(Reject & { redriven: boolean })[]>`
    /* readReject */
    select reason, detail, redriven_in is not null as redriven from rejected_login
    where batch_id = ${String(batchId)}::text::bigint and kafka_offset = ${String(offset)}::text::bigint`
  return reject ?? null
}
