import { crc32c } from '@node-rs/crc32'
import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { decompress } from './decompress.ts'
import { EncodedRecords } from './encoded-records.ts'

// Record batch, magic 2: https://kafka.apache.org/documentation/#recordbatch. kafkajs decodes it too, but it
// checks no CRC, loses the position after control and compacted records, and fails on batches of more than
// about 125,000 records.

const LENGTH_AT = 8
const MAGIC_AT = 16
const CRC_AT = 17
export const ATTRIBUTES_AT = 21
const LAST_OFFSET_DELTA_AT = 23
const BASE_TIMESTAMP_AT = 27
const MAX_TIMESTAMP_AT = 35
const PRODUCER_ID_AT = 43
const RECORD_COUNT_AT = 57
export const RECORDS_AT = 61
/** The header's batch length counts from this byte on. */
const LENGTH_OVERHEAD = 12

const CODEC_MASK = 0x07
const LOG_APPEND_TIME = 0x08
export const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** A record batch inside a fetched buffer. Its records are not decoded yet. */
export type RecordBatchView = {
  baseOffset: bigint
  /** Offset after the batch, even if compaction removed its last records. */
  nextOffset: bigint
  producerId: bigint
  transactional: boolean
  control: boolean
  bytes: Buffer
  /** Number of records according to the header; 0 if the batch is damaged. */
  records: number
  /**
   * Why only the base offset of the batch can be trusted; null if its bytes are as its producer sent them.
   */
  damage: string | null
}

/**
 * Splits a fetched record set into its complete batches. An incomplete one at the end is left for the next
 * fetch. A damaged batch ends where the next one begins, whatever its header says.
 */
export function splitRecordBatches(recordSet: Buffer): RecordBatchView[] {
  const batches: RecordBatchView[] = []
  let at = 0
  while (at + RECORDS_AT <= recordSet.length) {
    const end = at + LENGTH_OVERHEAD + recordSet.readInt32BE(at + LENGTH_AT)
    if (end > recordSet.length) break
    const batch = viewBatch(recordSet.subarray(at, end))
    const before = batches.at(-1)
    if (before !== undefined && before.damage !== null) before.nextOffset = batch.baseOffset
    batches.push(batch)
    at = end
  }
  return batches
}

function viewBatch(bytes: Buffer): RecordBatchView {
  const baseOffset = bytes.readBigInt64BE(0)
  const damage = damageOf(bytes)
  const attributes = damage === null ? bytes.readInt16BE(ATTRIBUTES_AT) : 0
  return {
    baseOffset,
    nextOffset: baseOffset + BigInt(Math.max(0, bytes.readInt32BE(LAST_OFFSET_DELTA_AT))) + 1n,
    producerId: bytes.readBigInt64BE(PRODUCER_ID_AT),
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    bytes,
    records: damage === null ? bytes.readInt32BE(RECORD_COUNT_AT) : 0,
    damage,
  }
}

function damageOf(bytes: Buffer): string | null {
  const magic = bytes.readInt8(MAGIC_AT)
  if (magic !== 2) return `has the message format ${magic}; Rollcall reads format 2 (Kafka 0.11+)`
  return crc32c(bytes.subarray(ATTRIBUTES_AT)) === bytes.readUInt32BE(CRC_AT)
    ? null
    : 'fails its CRC: it was damaged on disk or on the way'
}

/**
 * Whether a control batch is the ABORT marker of its producer's transaction (key: version int16, type int16;
 * type 0 is abort).
 */
export function isAbortMarker(batch: RecordBatchView): boolean {
  const records = decodeRecordBatch(batch)
  const key = records.length === 0 ? null : records.record(0).key
  return key !== null && key.length >= 4 && ((key[2] ?? 0) << 8) + (key[3] ?? 0) === 0
}

/**
 * Decodes the records of a batch.
 * @throws {PipelineFailure} permanent: the batch is damaged, its codec is unknown, or its bytes contradict
 * the header
 */
export function decodeRecordBatch(batch: RecordBatchView): EncodedRecords {
  const { bytes, damage } = batch
  if (damage !== null) throw undecodable(batch.baseOffset, damage)
  const attributes = bytes.readInt16BE(ATTRIBUTES_AT)
  const count = bytes.readInt32BE(RECORD_COUNT_AT)
  const timestamp = bytes.readBigInt64BE(BASE_TIMESTAMP_AT)
  // With LogAppendTime the header has the broker's time, and the records keep the producer's.
  const appendTime = (attributes & LOG_APPEND_TIME) !== 0 ? bytes.readBigInt64BE(MAX_TIMESTAMP_AT) : null
  const bytesOfRecords = recordBytes(batch, attributes & CODEC_MASK)
  try {
    const base = { offset: Number(batch.baseOffset), timestamp, appendTime }
    return new EncodedRecords(bytesOfRecords, count, base)
  } catch (cause) {
    throw undecodable(batch.baseOffset, 'is not a well-formed record batch', cause)
  }
}

function recordBytes(batch: RecordBatchView, codec: number): Buffer {
  try {
    return decompress(codec, batch.bytes.subarray(RECORDS_AT))
  } catch (cause) {
    throw undecodable(batch.baseOffset, `cannot be decompressed: ${(cause as Error).message}`, cause)
  }
}

const undecodable = (baseOffset: bigint, what: string, cause?: unknown) =>
  new PipelineFailure('permanent', 'kafka', `the record batch at offset ${baseOffset} ${what}`, { cause })
