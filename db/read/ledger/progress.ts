import type { BatchStatus } from '../../../domain/pipeline/batch-status.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** How far a partition has been read and counted. */
export type PartitionProgress = {
  partition: number
  /** Kafka's id of the topic from which it was read. */
  topic_id: string
  /** The log that `next_offset` is of. */
  incarnation: number
  next_offset: bigint
  /** How many changes of its batches (replays, redrives) are counted. */
  changes: bigint
  /** The topic no longer has the partition, as an operator has accepted. */
  is_retired: boolean
  /** Logins and rejects since the partition was first read. */
  logins: bigint
  rejects: bigint
  /**
   * Null before the first login, and when the partition is retired, so that it does not hold back the others.
   */
  watermark: Date | null
  worker: string
  updated_at: Date
  parked_offsets: bigint
  /**
   * The latest clock by which a parked batch was decided and would be decided again; null: nothing is parked.
   */
  parked_at: Date | null
}

/** Reads the progress of all partitions of a topic that were ever claimed, in order. */
export async function readProgress({ sql }: ReadSession, topic: string): Promise<PartitionProgress[]> {
  return await sql<PartitionProgress[]>`
    /* readProgress */
    select checkpoint.partition, topic_id, incarnation, next_offset, changes, retired_at is not null as is_retired, logins, rejects,
           case when retired_at is null then watermark end as watermark,
           worker, updated_at,
           coalesce(parked.offsets, 0)::bigint as parked_offsets, parked_at
    from partition_checkpoint checkpoint
    left join (select partition, sum(to_offset - from_offset) as offsets, max(processed_at) as parked_at
               from batch where topic = ${topic} and status = 'parked' group by partition) parked using (partition)
    where checkpoint.topic = ${topic}
    order by checkpoint.partition`
}

export type LastBatch = {
  id: bigint
  partition: number
  from_offset: bigint
  to_offset: bigint
  status: BatchStatus
  logins: number
  rejects: number
  committed_at: Date
}

/** Reads the batch with the highest offsets of each partition of a topic, in its current log. */
export async function readLastBatches({ sql }: ReadSession, topic: string): Promise<LastBatch[]> {
  return await sql<LastBatch[]>`
    /* readLastBatches */
    select latest.*
    from partition_checkpoint checkpoint,
         lateral (select id, partition, from_offset, to_offset, status, logins, rejects, committed_at
                  from batch
                  where batch.topic = checkpoint.topic and batch.partition = checkpoint.partition
                    and batch.incarnation = checkpoint.incarnation
                  order by from_offset desc limit 1) latest
    where checkpoint.topic = ${topic}`
}
