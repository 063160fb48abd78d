import type { SourceRecord } from '../login/record.ts'
import type { TraceContext } from '../login/trace-context.ts'
import type { ByteArena } from './byte-arena.ts'

/** Makes records as objects, by their index. */
type RecordSource = { record(index: number): SourceRecord }

/** Records in the order of their offsets. */
export type SourceRecords = {
  readonly length: number
  /** Makes objects of the records [start, end). */
  slice(start: number, end?: number): SourceRecord[]
  /** Appends the records from `start` on while the columns have room. @returns the index after the last one */
  appendTo(columns: RecordColumns, start: number): number
}

/** A step ends with the record that brings it to as many bytes. */
const STEP_BYTES = 256 * 1024

/**
 * The records of a step as columns: one entry is the same index in each. Their values lie in an arena.
 */
export class RecordColumns {
  readonly arena: ByteArena
  readonly #capacity: number
  count = 0
  /** In Kafka; exact below 2^53. */
  readonly offsets: Float64Array
  /** Kafka's timestamps, Unix milliseconds; NaN: not exact as a number. */
  readonly timestamps: Float64Array
  /** Bytes of the value in the arena; from 0 to 0: the arena has none, and only the record says what it is. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Of the records that belong to a trace, by their offsets. */
  readonly traceContexts = new Map<number, TraceContext>()
  readonly #sources: RecordSource[] = []
  readonly #indexes: Int32Array

  /** @param capacity in records */
  constructor(arena: ByteArena, capacity: number) {
    this.arena = arena
    this.#capacity = capacity
    this.offsets = new Float64Array(capacity)
    this.timestamps = new Float64Array(capacity)
    this.starts = new Int32Array(capacity)
    this.ends = new Int32Array(capacity)
    this.#indexes = new Int32Array(capacity)
  }

  /** How many records more there may be. */
  get room(): number {
    return this.#capacity - this.count
  }

  /** How many bytes more there should be. */
  get bytesLeft(): number {
    return STEP_BYTES - this.arena.length
  }

  get hasRoom(): boolean {
    return this.room > 0 && this.bytesLeft > 0
  }

  clear(): void {
    this.count = 0
    this.#sources.length = 0
    this.arena.clear()
    if (this.traceContexts.size > 0) this.traceContexts.clear()
  }

  add(
    source: RecordSource,
    index: number,
    offset: number,
    timestamp: number,
    start: number,
    end: number,
  ): void {
    const at = this.count++
    this.offsets[at] = offset
    this.timestamps[at] = timestamp
    this.starts[at] = start
    this.ends[at] = end
    this.#sources[at] = source
    this.#indexes[at] = index
  }

  /** @param context of the record that was added last; null: it has none */
  addTraceContext(context: TraceContext | null): void {
    if (context !== null) this.traceContexts.set(this.offsets[this.count - 1] ?? NaN, context)
  }

  /** @throws {RangeError} there is no such record */
  record(at: number): SourceRecord {
    const source = this.#sources[at]
    if (source === undefined) throw new RangeError(`no record ${at} of ${this.count}`)
    return source.record(this.#indexes[at] ?? -1)
  }
}
