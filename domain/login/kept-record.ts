import type { SourceRecord } from './record.ts'

/** A rejected record as it is kept: whole, or, when it is too large for that, its beginning. */
export type KeptRecord = Pick<SourceRecord, 'key' | 'value' | 'headers'> & { cut: Cut | null }

/** What is missing of a record that was too large to be kept whole. Null: that part is whole. */
export type Cut = {
  keyBytes: number | null
  valueBytes: number | null
  /** Of the whole value, in hex. */
  valueSha256: string | null
  /** How many headers there were. */
  headers: number | null
}

/** Records up to this size, in bytes of key, value and headers, are kept whole in the database, and in a dead letter queue of ours. */
export const WHOLE_MAX_BYTES = 8 * 1024 * 1024

/** What a cut record keeps at most; together they fit into any topic that is accepted as an output. */
const CUT_KEY_BYTES = 1_024
const CUT_VALUE_BYTES = 4_096
const CUT_HEADERS_BYTES = 4_096
/** Lengths of a header's name and value on the wire. */
const HEADER_OVERHEAD_BYTES = 10

/**
 * A record as it is kept where `maxBytes` of it have room: nothing that a producer can send is too large to be kept.
 * @param sha256 of bytes, in hex
 */
export function keepRecord(
  record: SourceRecord,
  maxBytes: number,
  sha256: (bytes: Uint8Array) => string,
): KeptRecord {
  const { key, value, headers } = record
  if (recordBytes(record) <= maxBytes) return { key, value, headers, cut: null }
  const isKeyCut = bytesOf(key) > CUT_KEY_BYTES
  const isValueCut = bytesOf(value) > CUT_VALUE_BYTES
  const keptHeaders = headersWithin(headers, CUT_HEADERS_BYTES)
  return {
    key: key?.subarray(0, CUT_KEY_BYTES) ?? null,
    value: value?.subarray(0, CUT_VALUE_BYTES) ?? null,
    headers: keptHeaders,
    cut: {
      keyBytes: isKeyCut ? bytesOf(key) : null,
      valueBytes: isValueCut ? bytesOf(value) : null,
      valueSha256: isValueCut && value !== null ? sha256(value) : null,
      headers: keptHeaders.length < headers.length ? headers.length : null,
    },
  }
}

const bytesOf = (bytes: Uint8Array | null): number => bytes?.length ?? 0

const recordBytes = ({ key, value, headers }: SourceRecord): number =>
  headers.reduce((sum, header) => sum + headerBytes(header), bytesOf(key) + bytesOf(value))

/** A character takes three bytes of UTF-8 at most for each UTF-16 unit. */
const headerBytes = ([name, value]: SourceRecord['headers'][number]): number =>
  3 * name.length + bytesOf(value) + HEADER_OVERHEAD_BYTES

/** The first ones that have room. */
function headersWithin(headers: SourceRecord['headers'], maxBytes: number): SourceRecord['headers'] {
  let bytes = 0
  const end = headers.findIndex((header) => (bytes += headerBytes(header)) > maxBytes)
  return end < 0 ? headers : headers.slice(0, end)
}
