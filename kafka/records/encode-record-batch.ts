import { crc32c } from '@node-rs/crc32'
import { PagedBytes } from '../../domain/columns/paged-bytes.ts'
import { putBytes } from '../../domain/columns/put-bytes.ts'
import type { ByteRange } from './byte-range.ts'
import { ATTRIBUTES_AT, RECORDS_AT, TRANSACTIONAL } from './record-batch.ts'
import { varintSize, writeVarint } from './varint.ts'

/** Bytes that are made where they are to be. */
export type ByteWriter = {
  /** How many there may be. */
  maxBytes: number
  /** @returns the place behind the bytes, which it writes into `target` from `at` on */
  put: (target: Uint8Array, at: number) => number
}

/**
 * Text is written as UTF-8 straight into the batch: a buffer for each field would cost more than the
 * encoding.
 */
type OutputField = ByteRange | ByteWriter | Uint8Array | string | null

/** A record to be produced. */
export type OutputRecord = {
  key: Exclude<OutputField, ByteWriter>
  value: OutputField
  /** A name that many records have is given as UTF-8. */
  headers: readonly (readonly [name: string | Uint8Array, value: Exclude<OutputField, ByteWriter>])[]
}

type ProducerState = { producerId: bigint; producerEpoch: number; firstSequence: number }

const NULL_LENGTH = -1

/** Largest number of bytes that a length or an index takes. */
const VARINT_MAX_BYTES = 5
/** Attributes and the difference of its timestamp, a byte each. */
const RECORD_HEAD_BYTES = 2

/**
 * Encodes records one by one into an uncompressed transactional record batch, magic 2
 * (https://kafka.apache.org/documentation/#recordbatch). kafkajs takes three times the CPU for the same
 * bytes. The encoder keeps only the bytes of a record, in pages; no record spans two pages.
 */
export class RecordBatchEncoder {
  readonly #bytes = new PagedBytes()
  #count = 0

  constructor() {
    this.#bytes.reserve(RECORDS_AT)
    this.#bytes.at = RECORDS_AT
  }

  get count(): number {
    return this.#count
  }

  /** Bytes of the whole batch so far. */
  get length(): number {
    return this.#bytes.length
  }

  /** Adds a record, unless the batch already has one and might exceed `maxBytes`. Returns whether it did. */
  append(record: OutputRecord, maxBytes = Infinity): boolean {
    const bytes = this.#bytes
    const size = recordMaxBytes(record)
    if (this.#count > 0 && bytes.length + size > maxBytes) return false
    bytes.reserve(size)
    bytes.at = writeRecord(bytes.page, bytes.at, record, this.#count++)
    return true
  }

  /**
   * Completes the batch and returns it in pieces.
   * @param timestampMs timestamp of all records, Unix milliseconds
   */
  finish(state: ProducerState, timestampMs: number): Buffer[] {
    const pieces = this.#bytes.pieces().map(asBuffer)
    writeHeader(pieces, this.#count, state, timestampMs)
    return pieces
  }

  /**
   * Gives the memory back. Call this when nobody reads the pieces any more; the encoder cannot be used
   * afterwards.
   */
  release(): void {
    this.#bytes.release()
  }
}

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): Buffer =>
  Buffer.from(buffer, byteOffset, length)

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

/** Bytes that a record takes at most. */
function recordMaxBytes({ key, value, headers }: OutputRecord): number {
  let size = RECORD_HEAD_BYTES + 3 * VARINT_MAX_BYTES + fieldMaxBytes(key) + fieldMaxBytes(value)
  for (const header of headers) size += fieldMaxBytes(header[0]) + fieldMaxBytes(header[1])
  return size
}

const fieldMaxBytes = (field: OutputField): number => VARINT_MAX_BYTES + contentMaxBytes(field)

function contentMaxBytes(field: OutputField): number {
  if (field === null) return 0
  if (typeof field === 'string') return utf8Length(field)
  if ('end' in field) return field.end - field.start
  return 'put' in field ? field.maxBytes : field.length
}

/** Up to this many characters, a loop is faster than a call into native code. */
const LOOP_MAX_CHARACTERS = 48
const MAX_ASCII = 127

const utf8 = new TextEncoder()

function utf8Length(text: string): number {
  if (text.length > LOOP_MAX_CHARACTERS) return Buffer.byteLength(text)
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > MAX_ASCII) return Buffer.byteLength(text)
  return text.length
}

function writeRecord(batch: Uint8Array, start: number, record: OutputRecord, index: number): number {
  let at = start + USUAL_LENGTH_BYTES
  batch[at++] = 0 // attributes
  batch[at++] = 0 // timestamp delta
  at = writeVarint(batch, at, index)
  at = writeField(batch, at, record.key)
  at = writeField(batch, at, record.value)
  at = writeVarint(batch, at, record.headers.length)
  for (const header of record.headers) {
    at = writeField(batch, at, header[0])
    at = writeField(batch, at, header[1])
  }
  return writeLengthBefore(batch, start, at)
}

/** Bytes of a length from 64 to 8191, which most records and enriched logins have. */
const USUAL_LENGTH_BYTES = 2

/**
 * Writes the length of what lies from `start + USUAL_LENGTH_BYTES` to `end`, at `start`. Another length than the usual moves it.
 * @returns the place behind what has the length
 */
function writeLengthBefore(batch: Uint8Array, start: number, end: number): number {
  const from = start + USUAL_LENGTH_BYTES
  const length = end - from
  const to = start + varintSize(length)
  if (to !== from) batch.copyWithin(to, from, end)
  writeVarint(batch, start, length)
  return to + length
}

function writeField(batch: Uint8Array, at: number, field: OutputField): number {
  if (field === null) return writeVarint(batch, at, NULL_LENGTH)
  if (typeof field === 'string') return writeText(batch, at, field)
  if ('end' in field) {
    const { bytes, start, end } = field
    return putBytes(batch, writeVarint(batch, at, end - start), bytes, start, end)
  }
  if ('put' in field) return writeLengthBefore(batch, at, field.put(batch, at + USUAL_LENGTH_BYTES))
  return putBytes(batch, writeVarint(batch, at, field.length), field)
}

function writeText(batch: Uint8Array, at: number, text: string): number {
  const length = utf8Length(text)
  const start = writeVarint(batch, at, length)
  if (length !== text.length || length > LOOP_MAX_CHARACTERS) utf8.encodeInto(text, batch.subarray(start))
  else for (let i = 0; i < length; i++) batch[start + i] = text.charCodeAt(i)
  return start + length
}
