import type { DecodedBatch, OffsetRange, SourceRecord } from './batch.ts'
import { decodeLogin } from './decode-login.ts'

/**
 * Decides every record of a range: accepted login or reject with a reason. The same range, bytes and `nowMs` give the
 * same decision, which is what publishing a range again rests on.
 */
export function decodeBatch(
  range: OffsetRange,
  records: readonly SourceRecord[],
  options: { nowMs: number; maxBytes: number },
): DecodedBatch {
  const batch: DecodedBatch = { range, processedAtMs: options.nowMs, accepted: [], rejected: [] }
  for (const record of records) {
    const decoded = decodeLogin(record.value, options)
    if (decoded.ok) batch.accepted.push({ offset: record.offset, key: record.key, login: decoded.login })
    else batch.rejected.push({ record, reason: decoded.reason, detail: decoded.detail })
  }
  return batch
}
