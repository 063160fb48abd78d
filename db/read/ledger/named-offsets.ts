import { type Fate, offsetFate } from '../../../domain/pipeline/offset-fate.ts'
import type { BatchStatus } from '../../../domain/pipeline/batch-status.ts'
import type { KafkaPosition } from '../../../domain/pipeline/kafka-position.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { lastWrittenAt } from '../counts/last-written.ts'

/** What the ledger alone shows of an offset. */
export type NamedOffset = {
  fate: Fate
  /** When its batch was written or changed last, in microseconds since 1970; null: it is in none. */
  writtenAt: bigint | null
}

/**
 * Reads what became of offsets in the logs that are read now, in their order. One of a partition that was never
 * read is unread.
 */
export async function readNamedOffsets(
  { sql }: ReadSession,
  positions: readonly KafkaPosition[],
): Promise<NamedOffset[]> {
  if (positions.length === 0) return []
  const rows = await sql<Row[]>`
    /* readNamedOffsets */
    select checkpoint.next_offset as "nextOffset", latest.from_offset as "firstOffset",
           latest.to_offset > named.kafka_offset as "isHeld", latest.status, latest.gaps,
           reject.batch_id is not null as "isReject", ${lastWrittenAt(sql)} as "writtenAt"
    from unnest(${positions.map(({ topic }) => topic)}::text[],
                ${positions.map(({ partition }) => partition)}::integer[],
                ${positions.map(({ offset }) => String(offset))}::text[]::bigint[])
           with ordinality as named (topic, partition, kafka_offset, place)
    left join partition_checkpoint checkpoint
      on checkpoint.topic = named.topic and checkpoint.partition = named.partition
    left join lateral (
      select id, from_offset, to_offset, status, gaps, committed_at from batch
      where batch.topic = named.topic and batch.partition = named.partition
        and batch.incarnation = checkpoint.incarnation
        and checkpoint.next_offset > named.kafka_offset and from_offset <= named.kafka_offset
      order by from_offset desc limit 1
    ) as latest on true
    left join rejected_login reject
      on reject.batch_id = latest.id and reject.kafka_offset = named.kafka_offset and redriven_in is null
    order by place`
  return rows.map((row, i) => ({
    fate: fateOf(positions[i]?.offset ?? 0n, row),
    writtenAt: row.isHeld === true ? row.writtenAt : null,
  }))
}

type Row = {
  /** Null: the partition was never read. */
  nextOffset: bigint | null
  /** The columns of the last batch that begins at or before the offset; null: none does. */
  firstOffset: bigint | null
  isHeld: boolean | null
  status: BatchStatus | null
  gaps: number | null
  isReject: boolean
  writtenAt: bigint | null
}

function fateOf(offset: bigint, { nextOffset, firstOffset, isHeld, status, gaps, isReject }: Row): Fate {
  if (nextOffset === null) return 'unread'
  const batch = status === null || isHeld !== true ? null : { status, gaps: gaps ?? 0, hasAllRows: false }
  const reject = isReject ? { redriven: false } : null
  return offsetFate({
    ...{ offset, isCurrent: true, nextOffset, firstOffset, endOffset: null },
    ...{ batch, hasLoginRow: false, reject },
  })
}
