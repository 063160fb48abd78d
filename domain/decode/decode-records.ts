import type { AcceptedLogin, RejectedRecord, SourceRecord } from '../login/record.ts'
import { decodeLogin, type DecodeOptions } from './decode-login.ts'
import { enrichedLogin } from '../login/enriched.ts'
import type { DecodedLogin } from '../login/login.ts'

/** Decoded records in their order. Each is an accepted login or a reject with a reason. */
export type DecodedRecords = { accepted: AcceptedLogin[]; rejected: RejectedRecord[] }

/** Decodes records. The same bytes, clock and rules give the same result. */
export function decodeRecords(records: readonly SourceRecord[], options: DecodeOptions): DecodedRecords {
  const decodedRecords: DecodedRecords = { accepted: [], rejected: [] }
  for (const record of records) {
    const decoded = rejectIfTooLarge(record, decodeLogin(record.value, options), options)
    if (decoded.ok)
      decodedRecords.accepted.push({
        offset: record.offset,
        recordedAt: record.timestamp,
        login: decoded.login,
      })
    else decodedRecords.rejected.push({ record, reason: decoded.reason, detail: decoded.detail })
  }
  return decodedRecords
}

/**
 * An enriched copy takes at most this many times the bytes of its record, plus the fields that Rollcall adds.
 */
const GROWTH = 3
/**
 * Bytes that a record of processed-data takes besides the text of a login: batch header, key, headers and the
 * longest source.
 */
const RECORD_OVERHEAD_BYTES = 4_096
/** RECORD_OVERHEAD_BYTES already includes the real source. */
const noSource = { topic: '', partition: 0, offset: 0n }
const utf8 = new TextEncoder()

/** Whether the enriched copy of a value of so many bytes may be one that the output topic refuses. */
export const mayOutgrow = (bytes: number, maxOutputBytes: number | null): boolean =>
  maxOutputBytes !== null && bytes * GROWTH + RECORD_OVERHEAD_BYTES > maxOutputBytes

/**
 * Rejects a login whose enriched copy the output topic would refuse: it could be counted, but never
 * published.
 */
function rejectIfTooLarge(
  { value }: SourceRecord,
  decoded: DecodedLogin,
  { rules: { maxOutputBytes } }: DecodeOptions,
): DecodedLogin {
  if (!decoded.ok || value === null || maxOutputBytes === null) return decoded
  if (!mayOutgrow(value.length, maxOutputBytes)) return decoded
  const bytes = utf8.encode(enrichedLogin(decoded.login, noSource)).length + RECORD_OVERHEAD_BYTES
  if (bytes <= maxOutputBytes) return decoded
  const detail =
    `its enriched copy takes ${bytes} bytes; the output topic takes record batches of up to ${maxOutputBytes} ` +
    `(max.message.bytes)`
  return { ok: false, reason: 'too_large', detail }
}
