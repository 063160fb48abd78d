import type { SourceRecord } from './record.ts'

/** A rejected record as Rollcall keeps it: whole, or only its beginning if it is too large. */
type KeptRecord = Pick<SourceRecord, 'key' | 'value' | 'headers'> & { cut: Cut | null }

/** What is missing of a record that was too large to keep whole. A part that is whole has null. */
export type Cut = {
  keyBytes: number | null
  valueBytes: number | null
  /** SHA-256 of the whole value, in hexadecimal. */
  valueSha256: string | null
  /** How many headers the record had. */
  headers: number | null
}

/**
 * Largest record, in bytes of key, value and headers, that is kept whole in the database, and in a dead
 * letter topic that Rollcall created.
 */
export const WHOLE_MAX_BYTES = 8 * 1024 * 1024

/**
 * How much is kept of a record that is cut. The three limits together fit into any topic that Rollcall
 * accepts as an output.
 */
const CUT_KEY_BYTES = 1_024
const CUT_VALUE_BYTES = 4_096
const CUT_HEADERS_BYTES = 4_096
/** Bytes that the lengths of a header's name and value take on the wire. */
const HEADER_OVERHEAD_BYTES = 10

/**
 * Cuts a record to what fits into `maxBytes`, so that nothing a producer can send is too large to be kept.
 * @param sha256 returns the hash of bytes in hexadecimal
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

/** A UTF-16 unit takes at most three bytes in UTF-8. */
const headerBytes = ([name, value]: SourceRecord['headers'][number]): number =>
  3 * name.length + bytesOf(value) + HEADER_OVERHEAD_BYTES

/** The first headers that fit. */
function headersWithin(headers: SourceRecord['headers'], maxBytes: number): SourceRecord['headers'] {
  let bytes = 0
  const end = headers.findIndex((header) => (bytes += headerBytes(header)) > maxBytes)
  return end < 0 ? headers : headers.slice(0, end)
}
