import type { SourceRecord } from '../login/record.ts'
import { traceContextOf } from '../login/trace-context.ts'
import type { RecordColumns, SourceRecords } from './record-columns.ts'

/** Records that are objects already. */
export class RecordArray implements SourceRecords {
  readonly #records: readonly SourceRecord[]

  constructor(records: readonly SourceRecord[]) {
    this.#records = records
  }

  get length(): number {
    return this.#records.length
  }

  slice(start: number, end?: number): SourceRecord[] {
    return this.#records.slice(start, end)
  }

  /** @throws {RangeError} there is no such record */
  record(index: number): SourceRecord {
    const record = this.#records[index]
    if (record === undefined) throw new RangeError(`no record ${index} of ${this.length}`)
    return record
  }

  appendTo(columns: RecordColumns, start: number): number {
    let index = start
    for (; index < this.length && columns.hasRoom; index++) {
      const { offset, timestamp, value, headers } = this.record(index)
      const length = value !== null && value.length <= columns.bytesLeft ? value.length : 0
      const start = value === null || length === 0 ? 0 : columns.arena.copy(value, 0, length)
      const recordedAt = typeof timestamp === 'bigint' ? NaN : timestamp
      columns.add(this, index, Number(offset), recordedAt, start, start + length)
      if (headers.length > 0) columns.addTraceContext(traceContextOf(headers))
    }
    return index
  }
}
