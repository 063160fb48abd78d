import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import type { RangeReader } from '../../kafka/read/range-reader.ts'
import { traced } from '../../tracing/active-span.ts'
import type { SpanOptions } from '../../tracing/span.ts'
import { IDLE } from '../session/kafka-options.ts'

/**
 * Reads all records of `[from, to)`.
 * @throws {PipelineFailure} data_loss if the log ends before `to`
 * @throws {UndecodableFailure} if records cannot be read
 */
export const readAgain = (reader: RangeReader, from: bigint, to: bigint): Promise<SourceRecord[]> =>
  traced(
    'fetch',
    () => fetchSpan(from, to),
    () => readRange(reader, from, to),
  )

const fetchSpan = (from: bigint, to: bigint): SpanOptions => ({
  kind: 'client',
  attributes: {
    'messaging.system': 'kafka',
    'messaging.operation.name': 'fetch',
    'messaging.operation.type': 'receive',
    'messaging.kafka.offset': Number(from),
    'rollcall.offset.to': Number(to),
  },
})

async function readRange(reader: RangeReader, from: bigint, to: bigint): Promise<SourceRecord[]> {
  const records: SourceRecord[] = []
  let position = from
  while (position < to) {
    const range = await reader.read(position, { ...IDLE, until: to })
    if (range.to === position) throw endsEarly(position, to)
    records.push(...range.records.slice(0))
    position = range.to
  }
  return records
}

const endsEarly = (position: bigint, to: bigint) =>
  new PipelineFailure('data_loss', 'kafka', `offsets ${position} to ${to - 1n} are no longer in the log`)
