import type { RecordColumns } from '../../domain/columns/record-columns.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import { asTimestamp, type RecordTimestamp } from '../../domain/login/record-timestamp.ts'
import { TRACEPARENT, traceContextOf } from '../../domain/login/trace-context.ts'
import { readBytes, readHeaders, readTraceHeaders, skipBytes } from './record-fields.ts'
import { readBigVarint, readVarint, type Cursor } from './varint.ts'

/**
 * The values of a record batch that its records are relative to. `appendTime` is the timestamp of all records
 * if the topic uses the broker's clock.
 */
type RecordBase = { offset: number; timestamp: bigint; appendTime: bigint | null }

/**
 * The records of one batch, as positions in its bytes. As objects that live until their turn comes, every
 * garbage collection would move them.
 */
export class EncodedRecords {
  readonly length: number
  readonly #bytes: Buffer
  readonly #base: RecordBase
  /** Null if the base timestamp is not exact as a number. */
  readonly #timestampMs: number | null
  readonly #appendTime: RecordTimestamp | null
  readonly #starts: Int32Array
  readonly #offsets: Float64Array
  /** Whether some record may be of a trace: most topics have no headers, and nobody looks for them then. */
  readonly #mayBeTraced: boolean

  /** @throws {RangeError} when the bytes do not hold `count` records */
  constructor(bytes: Buffer, count: number, base: RecordBase) {
    // Each record takes at least a byte. A larger count cannot be right and would reserve memory.
    if (count < 0 || count > bytes.length) throw new RangeError(`${count} records in ${bytes.length} bytes`)
    this.length = count
    this.#bytes = bytes
    this.#base = base
    const first = asTimestamp(base.timestamp)
    this.#timestampMs = typeof first === 'number' ? first : null
    this.#appendTime = base.appendTime === null ? null : asTimestamp(base.appendTime)
    this.#starts = new Int32Array(count + 1)
    this.#offsets = new Float64Array(count)
    const cursor: Cursor = { buffer: bytes, at: 0 }
    const skipped: Skipped = { offset: 0, hasHeaders: false }
    for (let index = 0; index < count; index++) {
      this.#starts[index] = cursor.at
      skipRecord(cursor, base.offset, skipped)
      this.#offsets[index] = skipped.offset
    }
    this.#starts[count] = cursor.at
    this.#mayBeTraced = skipped.hasHeaders && bytes.includes(TRACEPARENT)
  }

  /** Size of the records [from, to) in bytes. */
  bytes(from: number, to: number): number {
    return (this.#starts[to] ?? 0) - (this.#starts[from] ?? 0)
  }

  /** Index after the last record that fits if records from `from` on may take `maxBytes`; at most `to`. */
  endWithin(from: number, to: number, maxBytes: number): number {
    const limit = (this.#starts[from] ?? 0) + maxBytes
    return firstIndex(from + 1, to + 1, (index) => (this.#starts[index] ?? Infinity) > limit) - 1
  }

  /** Offset of the record at an index. */
  offset(index: number): bigint {
    return BigInt(this.#offsets[index] ?? -1)
  }

  /** Index of the first record whose offset is at least `offset`; `length` if there is none. */
  firstFrom(offset: bigint): number {
    const from = Number(offset)
    return firstIndex(0, this.length, (index) => (this.#offsets[index] ?? Infinity) >= from)
  }

  record(index: number): SourceRecord {
    const cursor: Cursor = { buffer: this.#bytes, at: this.#starts[index] ?? 0 }
    readVarint(cursor) // length
    cursor.at += ATTRIBUTES_BYTES
    const timestamp = this.#timestamp(cursor)
    readVarint(cursor) // offset
    const key = readBytes(cursor)
    const value = readBytes(cursor)
    const headers = readHeaders(cursor)
    return { offset: this.offset(index), timestamp, key, value, headers }
  }

  /**
   * Appends records from `from` on to columns that have room: one copy of their bytes, and where each value lies in it. A
   * record that is larger than a step is not copied; the columns have it without its value.
   * @returns the index after the last one, `to` at most
   */
  appendTo(columns: RecordColumns, from: number, to: number): number {
    const within = this.endWithin(from, to, columns.bytesLeft)
    const start = this.#starts[from] ?? 0
    const isCopied = within > from
    // It is the first one of the next step.
    if (!isCopied && columns.count > 0) return from
    const end = isCopied ? within : from + 1
    const copiedAt = isCopied ? columns.arena.copy(this.#bytes, start, this.#starts[end] ?? start) : 0
    const cursor: Cursor = { buffer: this.#bytes, at: 0 }
    for (let index = from; index < end; index++) {
      cursor.at = this.#starts[index] ?? 0
      readVarint(cursor) // length
      cursor.at += ATTRIBUTES_BYTES
      const timestamp = this.#timestamp(cursor)
      readVarint(cursor) // offset
      skipBytes(cursor) // key
      const length = isCopied ? skipBytes(cursor) : -1
      const valueEnd = length < 0 ? 0 : cursor.at - start + copiedAt
      const recordedAt = typeof timestamp === 'bigint' ? NaN : timestamp
      columns.add(
        this,
        index,
        this.#offsets[index] ?? NaN,
        recordedAt,
        valueEnd - Math.max(0, length),
        valueEnd,
      )
      if (this.#mayBeTraced) {
        if (!isCopied) skipBytes(cursor) // value
        columns.addTraceContext(traceContextOf(readTraceHeaders(cursor)))
      }
    }
    return end
  }

  /** Any 64-bit integer, exactly: producers send nanoseconds and the zero times of their languages. */
  #timestamp(cursor: Cursor): RecordTimestamp {
    const start = cursor.at
    const deltaMs = readVarint(cursor)
    if (this.#appendTime !== null) return this.#appendTime
    if (this.#timestampMs !== null) {
      const timestampMs = this.#timestampMs + deltaMs
      if (Number.isSafeInteger(deltaMs) && Number.isSafeInteger(timestampMs)) return timestampMs
    }
    cursor.at = start
    return asTimestamp(BigInt.asIntN(64, this.#base.timestamp + readBigVarint(cursor)))
  }
}

/**
 * The first index from `low` on that meets a condition which all indexes after it meet; `high` if none does.
 */
function firstIndex(low: number, high: number, holds: (index: number) => boolean): number {
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Kafka defines no record attributes yet, but their byte is there. */
const ATTRIBUTES_BYTES = 1

/** What is known of the records that were skipped: the offset of the last one, and whether one of them has headers. */
type Skipped = { offset: number; hasHeaders: boolean }

/** Moves the cursor past a record and checks that it is well formed. */
function skipRecord(cursor: Cursor, baseOffset: number, skipped: Skipped): void {
  const length = readVarint(cursor)
  const end = cursor.at + length
  if (length < 0 || end > cursor.buffer.length) throw new RangeError('a record reaches past its batch')
  cursor.at += ATTRIBUTES_BYTES
  readVarint(cursor) // timestamp
  skipped.offset = baseOffset + readVarint(cursor)
  skipBytes(cursor)
  skipBytes(cursor)
  const headers = readVarint(cursor)
  if (headers > 0) skipped.hasHeaders = true
  for (let header = 0; header < headers; header++) {
    skipBytes(cursor)
    skipBytes(cursor)
  }
  cursor.at = end
}
