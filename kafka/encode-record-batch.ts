import { crc32c } from '@node-rs/crc32'
import { RECORDS_AT } from './record-batch.ts'
import { varintSize, writeVarint } from './varint.ts'

/** Text is written as UTF-8, straight into the batch: a buffer for each field would cost more than the encoding. */
export type OutputField = Uint8Array | string | null

/** A record to be produced. */
export type OutputRecord = {
  key: OutputField
  value: OutputField
  headers: readonly (readonly [name: string, value: OutputField])[]
}

export type ProducerState = { producerId: bigint; producerEpoch: number; firstSequence: number }

const TRANSACTIONAL = 0x10
const NULL_LENGTH = -1

/** A buffer starts small and doubles: most batches of a quiet topic stay below it. */
const FIRST_BUFFER_BYTES = 16 * 1024
/** Bytes that the length of a record takes at most. */
const VARINT_MAX_BYTES = 5

/**
 * Encodes records one by one into a transactional record batch, magic 2
 * (https://kafka.apache.org/documentation/#recordbatch), uncompressed: kafkajs takes three times the CPU for the same
 * bytes. Nothing of a record is kept but its bytes.
 */
export class RecordBatchEncoder {
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES)
  #at = RECORDS_AT
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Adds a record, unless the batch has some already and would become larger than `maxBytes`. Returns whether it did. */
  append(record: OutputRecord, maxBytes = Infinity): boolean {
    const bodySize = recordBodySize(record, this.#count)
    const end = this.#at + bodySize + VARINT_MAX_BYTES
    if (this.#count > 0 && end > maxBytes) return false
    if (end > this.#buffer.length) this.#grow(end)
    this.#at = writeRecord(this.#buffer, this.#at, record, this.#count++, bodySize)
    return true
  }

  /** The whole batch. @param timestampMs Unix milliseconds that all records get */
  finish(state: ProducerState, timestampMs: number): Buffer {
    const batch = this.#buffer.subarray(0, this.#at)
    writeHeader(batch, this.#count, state, timestampMs)
    return batch
  }

  #grow(bytes: number): void {
    const grown = Buffer.allocUnsafe(Math.max(bytes, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }
}

/** All records as one batch. */
export function encodeRecordBatch(
  records: readonly OutputRecord[],
  state: ProducerState,
  timestampMs: number,
): Buffer {
  const encoder = new RecordBatchEncoder()
  for (const record of records) encoder.append(record)
  return encoder.finish(state, timestampMs)
}

function writeHeader(batch: Buffer, count: number, state: ProducerState, timestampMs: number): void {
  batch.writeBigInt64BE(0n, 0) // base offset: the broker's to set
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(-1, 12) // partition leader epoch: the broker's to set
  batch.writeInt8(2, 16)
  batch.writeInt16BE(TRANSACTIONAL, 21)
  batch.writeInt32BE(count - 1, 23)
  batch.writeBigInt64BE(BigInt(timestampMs), 27)
  batch.writeBigInt64BE(BigInt(timestampMs), 35)
  batch.writeBigInt64BE(state.producerId, 43)
  batch.writeInt16BE(state.producerEpoch, 51)
  batch.writeInt32BE(state.firstSequence, 53)
  batch.writeInt32BE(count, 57)
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
}

/** attributes (1) + timestamp delta 0 (1) + offset delta + key + value + headers */
function recordBodySize(record: OutputRecord, index: number): number {
  let size =
    2 +
    varintSize(index) +
    fieldSize(record.key) +
    fieldSize(record.value) +
    varintSize(record.headers.length)
  for (const [name, value] of record.headers) size += textSize(name) + fieldSize(value)
  return size
}

const fieldSize = (field: OutputField): number => {
  if (field === null) return 1
  return typeof field === 'string' ? textSize(field) : varintSize(field.length) + field.length
}

const textSize = (text: string): number => {
  const length = Buffer.byteLength(text)
  return varintSize(length) + length
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
    at = writeText(batch, at, name)
    at = writeField(batch, at, value)
  }
  return at
}

function writeField(batch: Buffer, at: number, field: OutputField): number {
  if (field === null) return writeVarint(batch, at, NULL_LENGTH)
  if (typeof field === 'string') return writeText(batch, at, field)
  const start = writeVarint(batch, at, field.length)
  batch.set(field, start)
  return start + field.length
}

/** Up to this many characters, a loop is faster than a call into native code. */
const LOOP_MAX_CHARACTERS = 48

function writeText(batch: Buffer, at: number, text: string): number {
  const length = Buffer.byteLength(text)
  const start = writeVarint(batch, at, length)
  if (length !== text.length) batch.write(text, start, length, 'utf8')
  else if (length > LOOP_MAX_CHARACTERS) batch.write(text, start, length, 'latin1')
  else for (let i = 0; i < length; i++) batch[start + i] = text.charCodeAt(i)
  return start + length
}
