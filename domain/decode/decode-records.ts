import type { AcceptedLogin, RejectedLogin, SourceRecord } from '../login/record.ts'
import { decodeLogin, type DecodeOptions } from './decode-login.ts'
import { enrichedLogin } from '../login/enriched.ts'
import type { DecodedLogin } from '../login/login.ts'

/** What decoding made of some records, in their order: each is an accepted login or a reject with a reason. */
export type DecodedRecords = { accepted: AcceptedLogin[]; rejected: RejectedLogin[] }

/** Decides records. The same bytes, clock and rules give the same decision. */
export function decodeRecords(records: readonly SourceRecord[], options: DecodeOptions): DecodedRecords {
  const decodedRecords: DecodedRecords = { accepted: [], rejected: [] }
  for (const record of records) {
    const decoded = fitting(record, decodeLogin(record.value, options), options)
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

/** An enriched copy takes no more than as many times the bytes of its record, and the fields that it adds. */
const GROWTH = 3
/** What a record of processed-data takes beside the text of a login: batch header, key, headers, the longest source. */
const RECORD_OVERHEAD_BYTES = 4_096
/** The overhead has room for the real one. */
const noSource = { topic: '', partition: 0, offset: 0n }
const utf8 = new TextEncoder()

/** A login whose enriched copy the output topic would refuse is a reject: it could be counted and never published. */
function fitting(
  { value }: SourceRecord,
  decoded: DecodedLogin,
  { rules: { maxOutputBytes } }: DecodeOptions,
): DecodedLogin {
  if (!decoded.ok || value === null || maxOutputBytes === null) return decoded
  if (value.length * GROWTH + RECORD_OVERHEAD_BYTES <= maxOutputBytes) return decoded
  const bytes = utf8.encode(enrichedLogin(decoded.login, noSource)).length + RECORD_OVERHEAD_BYTES
  if (bytes <= maxOutputBytes) return decoded
  const detail =
    `its enriched copy takes ${bytes} bytes; the output topic takes record batches of ${maxOutputBytes} ` +
    `(max.message.bytes)`
  return { ok: false, reason: 'too_large', detail }
}
