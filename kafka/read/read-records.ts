import type { OffsetRange } from '../../domain/batch/batch.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { Kafka } from '../client.ts'
import { openRangeReader } from './range-reader.ts'

export type ReadRecords = {
  /** Id of the topic as it is now. */
  topicId: string
  records: SourceRecord[]
  /** First offset that was not read. */
  next: bigint
}

/** The records are in Kafka already, so a fetch returns as soon as it has one byte. */
const AT_ONCE = { maxWaitMs: 500, minBytes: 1 }
const FETCH_BYTES = 1024 * 1024

/**
 * Reads the first `limit` committed records of a range that was read before, on a connection of its own.
 * @throws {PipelineFailure} data_loss if offsets of the range are no longer in Kafka
 */
export async function readRecords(
  kafka: Kafka,
  { topic, partition, from, to }: OffsetRange,
  limit: number,
): Promise<ReadRecords> {
  const limits = { maxBytes: FETCH_BYTES, maxRecords: limit }
  const reader = await openRangeReader(kafka, topic, partition, limits)
  try {
    const records: SourceRecord[] = []
    let next = from
    while (next < to && records.length < limit) {
      const range = await reader.read(next, { ...AT_ONCE, until: to })
      if (range.to === next) {
        throw new PipelineFailure(
          'data_loss',
          'kafka',
          `Kafka: ${topic}/${partition} no longer has records from offset ${next} on`,
        )
      }
      records.push(...range.records.slice(0))
      next = range.to
    }
    const kept = records.slice(0, limit)
    const last = kept.at(-1)
    return {
      topicId: reader.topicId,
      records: kept,
      next: kept.length < records.length && last ? last.offset + 1n : next,
    }
  } finally {
    await reader.close()
  }
}
