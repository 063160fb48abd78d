import { crc32c } from '@node-rs/crc32'
import { putBytes } from '../../domain/columns/put-bytes.ts'
import { returnPage, takePage } from './buffer-pool.ts'
import type { ByteRange } from './byte-range.ts'
import { ATTRIBUTES_AT, RECORDS_AT, TRANSACTIONAL } from './record-batch.ts'
import { varintSize, writeVarint } from './varint.ts'

/**
 * Text is written as UTF-8 straight into the batch: a buffer for each field would cost more than the
 * encoding.
 */
type OutputField = ByteRange | Uint8Array | string | null

/** A record to be produced. */
export type OutputRecord = {
  key: OutputField
  value: OutputField
  /** A name that many records have is given as UTF-8. */
  headers: readonly (readonly [name: string | Uint8Array, value: OutputField])[]
}

type ProducerState = { producerId: bigint; producerEpoch: number; firstSequence: number }

const NULL_LENGTH = -1

/** Largest number of bytes that the length of a record takes. */
const VARINT_MAX_BYTES = 5

/**
 * Encodes records one by one into an uncompressed transactional record batch, magic 2
 * (https://kafka.apache.org/documentation/#recordbatch). kafkajs takes three times the CPU for the same
 * bytes. The encoder keeps only the bytes of a record, in pages; no record spans two pages.
 */
export class RecordBatchEncoder {
  #page: Buffer | null = null
  #at = RECORDS_AT
  /** The pages before the current one, each as far as it is written. */
  #fullPages: Buffer[] = []
  #fullBytes = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Bytes of the whole batch so far. */
  get length(): number {
    return this.#fullBytes + this.#at
  }

  /** Adds a record, unless the batch already has one and would exceed `maxBytes`. Returns whether it did. */
  append(record: OutputRecord, maxBytes = Infinity): boolean {
    const bodySize = recordBodySize(record, this.#count)
    const size = bodySize + VARINT_MAX_BYTES
    if (this.#count > 0 && this.length + size > maxBytes) return false
    this.#at = writeRecord(this.#pageFor(size), this.#at, record, this.#count++, bodySize)
    return true
  }

  /**
   * Completes the batch and returns it in pieces.
   * @param timestampMs timestamp of all records, Unix milliseconds
   */
  finish(state: ProducerState, timestampMs: number): Buffer[] {
    const pieces = [...this.#fullPages, this.#pageFor(0).subarray(0, this.#at)]
    writeHeader(pieces, this.#count, state, timestampMs)
    return pieces
  }

  /**
   * Gives the memory back. Call this when nobody reads the pieces any more; the encoder cannot be used
   * afterwards.
   */
  release(): void {
    for (const page of [...this.#fullPages, this.#page]) if (page !== null) returnPage(wholePage(page))
    this.#fullPages = []
    this.#page = null
  }

  /** Returns a page with room for `size` bytes after what is written. */
  #pageFor(size: number): Buffer {
    if (this.#page === null) return (this.#page = takePage(RECORDS_AT + size))
    if (this.#at + size <= this.#page.length) return this.#page
    this.#fullPages.push(this.#page.subarray(0, this.#at))
    this.#fullBytes += this.#at
    this.#at = 0
    return (this.#page = takePage(size))
  }
}

const wholePage = (piece: Buffer): Buffer => Buffer.from(piece.buffer)

/** Encodes all records as one batch. */
export function encodeRecordBatch(
  records: readonly OutputRecord[],
  state: ProducerState,
  timestampMs: number,
): Buffer {
  const encoder = new RecordBatchEncoder()
  for (const record of records) encoder.append(record)
  return Buffer.concat(encoder.finish(state, timestampMs))
}

function writeHeader(pieces: Buffer[], count: number, state: ProducerState, timestampMs: number): void {
  const [header = Buffer.alloc(0), ...others] = pieces
  header.writeBigInt64BE(0n, 0) // base offset: the broker's to set
  header.writeInt32BE(totalLength(pieces) - 12, 8)
  header.writeInt32BE(-1, 12) // partition leader epoch: the broker's to set
  header.writeInt8(2, 16)
  header.writeInt16BE(TRANSACTIONAL, ATTRIBUTES_AT)
  header.writeInt32BE(count - 1, 23)
  header.writeBigInt64BE(BigInt(timestampMs), 27)
  header.writeBigInt64BE(BigInt(timestampMs), 35)
  header.writeBigInt64BE(state.producerId, 43)
  header.writeInt16BE(state.producerEpoch, 51)
  header.writeInt32BE(state.firstSequence, 53)
  header.writeInt32BE(count, 57)
  const crc = others.reduce((sum, piece) => crc32c(piece, sum), crc32c(header.subarray(ATTRIBUTES_AT)))
  header.writeUInt32BE(crc, 17)
}

export const totalLength = (pieces: readonly Buffer[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0)

/** attributes (1) + timestamp delta 0 (1) + offset delta + key + value + headers */
function recordBodySize(record: OutputRecord, index: number): number {
  let size =
    2 +
    varintSize(index) +
    fieldSize(record.key) +
    fieldSize(record.value) +
    varintSize(record.headers.length)
  for (const [name, value] of record.headers) size += fieldSize(name) + fieldSize(value)
  return size
}

const fieldSize = (field: OutputField): number => {
  if (field === null) return 1
  if (typeof field === 'string') return textSize(field)
  const length = 'end' in field ? field.end - field.start : field.length
  return varintSize(length) + length
}

const textSize = (text: string): number => {
  const length = utf8Length(text)
  return varintSize(length) + length
}

/** Up to this many characters, a loop is faster than a call into native code. */
const LOOP_MAX_CHARACTERS = 48
const MAX_ASCII = 127

function utf8Length(text: string): number {
  if (text.length > LOOP_MAX_CHARACTERS) return Buffer.byteLength(text)
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > MAX_ASCII) return Buffer.byteLength(text)
  return text.length
}

function writeRecord(
  batch: Buffer,
  start: number,
  record: OutputRecord,
  index: number,
  bodySize: number,
): number {
  let at = writeVarint(batch, start, bodySize)
  batch[at++] = 0 // attributes
  batch[at++] = 0 // timestamp delta
  at = writeVarint(batch, at, index)
  at = writeField(batch, at, record.key)
  at = writeField(batch, at, record.value)
  at = writeVarint(batch, at, record.headers.length)
  for (const [name, value] of record.headers) {
    at = writeField(batch, at, name)
    at = writeField(batch, at, value)
  }
  return at
}

function writeField(batch: Buffer, at: number, field: OutputField): number {
  if (field === null) return writeVarint(batch, at, NULL_LENGTH)
  if (typeof field === 'string') return writeText(batch, at, field)
  if ('end' in field) {
    const { bytes, start, end } = field
    return putBytes(batch, writeVarint(batch, at, end - start), bytes, start, end)
  }
  return putBytes(batch, writeVarint(batch, at, field.length), field)
}

function writeText(batch: Buffer, at: number, text: string): number {
  const length = utf8Length(text)
  const start = writeVarint(batch, at, length)
  if (length !== text.length) batch.write(text, start, length, 'utf8')
  else if (length > LOOP_MAX_CHARACTERS) batch.write(text, start, length, 'latin1')
  else for (let i = 0; i < length; i++) batch[start + i] = text.charCodeAt(i)
  return start + length
}
