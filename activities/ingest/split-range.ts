import { RecordArray } from '../../domain/columns/record-array.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'

/**
 * Cuts a range in two at a record, or a range with one record into that record and the gaps around it.
 * @returns parts that together are the range; none if the range is a single record without gaps or has no
 * record
 */
export function splitRange(range: FetchedRange): FetchedRange[] {
  const { from, to, endOffset } = range
  const records = range.records.slice(0)
  const part = (start: bigint, end: bigint): FetchedRange => ({
    from: start,
    to: end,
    records: new RecordArray(records.filter(({ offset }) => offset >= start && offset < end)),
    endOffset,
  })
  const [first] = records
  if (first === undefined) return []
  if (records.length === 1) {
    const cuts = [from, first.offset, first.offset + 1n, to]
    const parts = cuts.slice(1).map((end, i) => part(cuts[i] ?? from, end))
    const present = parts.filter(({ from: start, to: end }) => start < end)
    return present.length === 1 ? [] : present
  }
  const middle = records[records.length >> 1]?.offset ?? to
  return [part(from, middle), part(middle, to)]
}
