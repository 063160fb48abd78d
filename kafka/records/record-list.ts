import type { RecordColumns, SourceRecords } from '../../domain/columns/record-columns.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import type { EncodedRecords } from './encoded-records.ts'

type Part = { records: EncodedRecords; from: number; to: number }

/** Records of one or several batches, in order. It makes objects only of the records asked for. */
export class RecordList implements SourceRecords {
  #parts: Part[] = []
  length = 0
  /** Encoded size of the records, uncompressed. */
  bytes = 0

  /** Appends the records [from, to) of a batch. */
  append(records: EncodedRecords, from = 0, to = records.length): void {
    if (from >= to) return
    this.#parts.push({ records, from, to })
    this.length += to - from
    this.bytes += records.bytes(from, to)
  }

  /**
   * Appends records of a batch while the list stays within the limits. An empty list takes the first record
   * however large it is.
   * @returns the index after the last record that was appended
   */
  fill(
    records: EncodedRecords,
    from: number,
    to: number,
    limits: { maxRecords: number; maxBytes: number },
  ): number {
    const last = Math.min(to, from + limits.maxRecords - this.length)
    const within = records.endWithin(from, last, limits.maxBytes - this.bytes)
    const end = this.length === 0 ? Math.max(within, Math.min(last, from + 1)) : within
    this.append(records, from, end)
    return end
  }

  /** Removes the first records and returns them: as many as the limits allow, but at least one. */
  take(limits: { maxRecords: number; maxBytes: number }): RecordList {
    const [taken, parts] = [new RecordList(), this.#parts]
    this.#parts = []
    this.length = 0
    this.bytes = 0
    for (const { records, from, to } of parts) {
      const end = this.length > 0 ? from : taken.fill(records, from, to, limits)
      this.append(records, end, to)
    }
    return taken
  }

  /** Offset of the last record; null if the list is empty. */
  lastOffset(): bigint | null {
    const last = this.#parts.at(-1)
    return last === undefined ? null : last.records.offset(last.to - 1)
  }

  /** Slices like an array, but only for arguments that are not negative. */
  slice(start = 0, end = this.length): SourceRecord[] {
    const made: SourceRecord[] = []
    let before = 0
    for (const { records, from, to } of this.#parts) {
      const last = Math.min(to, from + end - before)
      for (let index = Math.max(from, from + start - before); index < last; index++)
        made.push(records.record(index))
      before += to - from
    }
    return made
  }

  appendTo(columns: RecordColumns, start: number): number {
    let before = 0
    let next = start
    for (const { records, from, to } of this.#parts) {
      const size = to - from
      if (next < before + size) {
        if (!columns.hasRoom) break
        const first = from + next - before
        const end = records.appendTo(columns, first, Math.min(to, first + columns.room))
        next += end - first
        if (end < to) break
      }
      before += size
    }
    return next
  }
}
