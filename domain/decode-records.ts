import type { AcceptedLogin, RejectedLogin, SourceRecord } from './batch.ts'
import { decodeLogin } from './decode-login.ts'

/** What decoding made of some records, in their order: each is an accepted login or a reject with a reason. */
export type DecodedRecords = { accepted: AcceptedLogin[]; rejected: RejectedLogin[] }

/**
 * Decides records. The same bytes and `nowMs` give the same decision, which is what publishing a range again rests on.
 * @param options.nowMs Unix milliseconds that count as now
 * @param options.maxBytes larger values are rejected
 */
export function decodeRecords(
  records: readonly SourceRecord[],
  options: { nowMs: number; maxBytes: number },
): DecodedRecords {
  const decodedRecords: DecodedRecords = { accepted: [], rejected: [] }
  for (const record of records) {
    const decoded = decodeLogin(record.value, options)
    if (decoded.ok)
      decodedRecords.accepted.push({
        offset: record.offset,
        recordedMs: record.timestampMs,
        login: decoded.login,
      })
    else decodedRecords.rejected.push({ record, reason: decoded.reason, detail: decoded.detail })
  }
  return decodedRecords
}
