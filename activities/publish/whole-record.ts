import type { KeptReject } from '../../db/ledger/redrive.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { RangeReader } from '../../kafka/read/range-reader.ts'
import { readAgain } from './read-again.ts'

/**
 * Returns the record of a reject as it came. One that was too large to be kept whole is read from Kafka
 * again.
 * @returns null if the record is gone from Kafka
 */
export async function wholeRecord(
  reader: RangeReader,
  { record, isCut }: KeptReject,
): Promise<SourceRecord | null> {
  if (!isCut) return record
  try {
    const [whole] = await readAgain(reader, record.offset, record.offset + 1n)
    return whole ?? null
  } catch (error) {
    if (error instanceof PipelineFailure && error.failureClass === 'data_loss') return null
    throw error
  }
}
