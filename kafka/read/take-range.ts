import type { SourceRecords } from '../../domain/columns/record-columns.ts'
import { PipelineFailure, UndecodableFailure } from '../../domain/pipeline/failure.ts'
import type { FetchResponse } from './fetch-request.ts'
import {
  decodeRecordBatch,
  isAbortMarker,
  splitRecordBatches,
  type RecordBatchView,
} from '../records/record-batch.ts'
import type { EncodedRecords } from '../records/encoded-records.ts'
import { RecordList } from '../records/record-list.ts'

/** All committed records of a contiguous range `[from, to)` of a partition. */
export type FetchedRange = {
  from: bigint
  to: bigint
  records: SourceRecords
  /** Offset after the last acknowledged record (the high watermark), whether it can be read yet or not. */
  endOffset: bigint
}

export type RangeLimits = {
  /** Uncompressed bytes of records per range. A larger record comes alone. */
  maxBytes: number
  maxRecords: number
}

/** What was fetched and is in no range yet. */
export type FetchBuffer = {
  batches: (RecordBatchView | Gap)[]
  /** The rest of a batch whose beginning is in a range. */
  records: RecordList
  next: bigint | null
  endOffset: bigint
}

/** A buffer for what follows `next`; null if nothing was asked for yet. */
export const emptyBuffer = (next: bigint | null): FetchBuffer => ({
  batches: [],
  records: new RecordList(),
  next,
  endOffset: 0n,
})

export const isEmpty = ({ batches, records }: FetchBuffer): boolean =>
  batches.length === 0 && records.length === 0

/**
 * Puts what was fetched into an empty buffer. A broker notes the high watermark before the last stable offset, and that before
 * it reads (Partition.readRecords of Kafka 4.2): records that arrive in between may lie behind the high watermark that it names.
 */
export function fillBuffer(buffer: FetchBuffer, response: FetchResponse): void {
  const { highWatermark, lastStableOffset } = response
  buffer.batches = committedBatches(response)
  buffer.endOffset = lastStableOffset > highWatermark ? lastStableOffset : highWatermark
}

/** Fullness of a range that reaches a limit. */
export const FULL = 1_000

/** How much of a full range the next one would take, from 1 to FULL; 0 if there is nothing to take. */
export function fullness(buffer: FetchBuffer, { maxBytes, maxRecords }: RangeLimits): number {
  if (isEmpty(buffer)) return 0
  let { bytes, length: records } = buffer.records
  for (const batch of buffer.batches) {
    if ('gap' in batch) continue
    bytes += batch.bytes.length
    records += batch.records
  }
  const part = Math.max(bytes / maxBytes, records / maxRecords)
  return Math.min(FULL, Math.max(1, Math.ceil(part * FULL)))
}

/** Offsets of a batch without committed records: control records or an aborted transaction. */
type Gap = { nextOffset: bigint; gap: true }

/**
 * Takes records until a limit is reached. It decodes a record batch only when its turn comes. A batch that
 * cannot be decoded ends the range before it.
 * @throws {UndecodableFailure} the first batch cannot be decoded; the next range begins after it
 */
export function takeRange(
  buffer: FetchBuffer,
  from: bigint,
  until: bigint | undefined,
  limits: RangeLimits,
): FetchedRange {
  const end = until ?? buffer.endOffset
  const records = buffer.records.take(limits)
  let to = offsetAfter(records, from)
  let isCut = buffer.records.length > 0
  while (!isCut && to < end && records.length < limits.maxRecords && records.bytes < limits.maxBytes) {
    const batch = buffer.batches[0]
    if (batch === undefined) break
    if (!('gap' in batch)) {
      const decoded = decodeUnlessDamaged(batch)
      if (decoded instanceof PipelineFailure) {
        if (to > from) break
        throw skipBatch(buffer, from, batch.nextOffset < end ? batch.nextOffset : end, decoded)
      }
      const [first, last] = [decoded.firstFrom(from), decoded.firstFrom(end)]
      const taken = records.fill(decoded, first, last, limits)
      buffer.records.append(decoded, taken, last)
      isCut = taken < last
    }
    buffer.batches.shift()
    to = isCut ? offsetAfter(records, from) : batch.nextOffset
  }
  if (to > end) to = end
  // What lies after `until` is dropped, so the next read fetches again.
  buffer.next = until === undefined ? to : null
  return { from, to, records, endOffset: buffer.endOffset }
}

function decodeUnlessDamaged(batch: RecordBatchView): EncodedRecords | PipelineFailure {
  try {
    return decodeRecordBatch(batch)
  } catch (error) {
    if (error instanceof PipelineFailure) return error
    // These bytes trigger a defect. The batches after them must not wait until it is fixed.
    return new PipelineFailure('permanent', 'rollcall', `Rollcall: ${String(error)}`, { cause: error })
  }
}

function skipBatch(
  buffer: FetchBuffer,
  from: bigint,
  to: bigint,
  cause: PipelineFailure,
): UndecodableFailure {
  buffer.batches.shift()
  buffer.next = to
  return new UndecodableFailure({ from, to }, cause)
}

const offsetAfter = (records: RecordList, from: bigint): bigint => {
  const last = records.lastOffset()
  return last === null ? from : last + 1n
}

/**
 * Replaces control batches and batches of aborted transactions by gaps. It follows the Java consumer: a
 * producer listed as aborted from an offset stays aborted until its ABORT marker.
 */
function committedBatches({
  recordSet,
  abortedTransactions,
  lastStableOffset,
}: FetchResponse): (RecordBatchView | Gap)[] {
  const aborted = abortedTransactions.toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  const abortedProducers = new Set<bigint>()
  const result: (RecordBatchView | Gap)[] = []
  for (const batch of splitRecordBatches(recordSet)) {
    if (batch.baseOffset >= lastStableOffset) break
    while (aborted[0] !== undefined && aborted[0].firstOffset < batch.nextOffset) {
      abortedProducers.add(aborted[0].producerId)
      aborted.shift()
    }
    if (batch.control && isAbortMarker(batch)) abortedProducers.delete(batch.producerId)
    const hidden = batch.control || (batch.transactional && abortedProducers.has(batch.producerId))
    result.push(hidden ? { nextOffset: batch.nextOffset, gap: true } : batch)
  }
  return result
}
