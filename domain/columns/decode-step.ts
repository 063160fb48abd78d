import { decodeRecords, mayOutgrow } from '../decode/decode-records.ts'
import type { DecodeOptions } from '../decode/decode-login.ts'
import { CURRENT_RULES_VERSION } from '../decode/decode-rules.ts'
import type { RejectedRecord } from '../login/record.ts'
import type { CombinationTable } from './combinations.ts'
import type { LoginColumns } from './login-columns.ts'
import { readMessage } from './read-message.ts'
import type { RecordColumns } from './record-columns.ts'
import { ScannedMessage, scanMessage } from './scan-message.ts'

/** Decides the records of a step. @returns those that are no logins; the logins are in `logins` then, and no others */
export type DecodeStep = (
  records: RecordColumns,
  options: DecodeOptions,
  logins: LoginColumns,
  combinations: CombinationTable,
) => RejectedRecord[]

/** Of the message that is read at the moment. */
const found = new ScannedMessage()

/** As decodeRecords decides; messages of the usual form are read without an object or a string for each. */
export const decodeStep: DecodeStep = (records, options, logins, combinations) => {
  const rejected: RejectedRecord[] = []
  logins.clear()
  for (let record = 0; record < records.count; record++) {
    if (
      isUsual(records, record, options) &&
      readMessage(records, record, found, logins, combinations, options)
    )
      continue
    const decided = decodeRecords([records.record(record)], options)
    for (const accepted of decided.accepted) logins.add(accepted, combinations)
    for (const reject of decided.rejected) rejected.push(reject)
  }
  return rejected
}

/** Decides every record by a decoder. */
export const decodeStepBy =
  (decode: typeof decodeRecords): DecodeStep =>
  (records, options, logins, combinations) => {
    logins.clear()
    const all = Array.from({ length: records.count }, (_, record) => records.record(record))
    const { accepted, rejected } = decode(all, options)
    for (const login of accepted) logins.add(login, combinations)
    return rejected
  }

/** Whether it is scanned, into `found`. */
function isUsual(records: RecordColumns, record: number, { rules }: DecodeOptions): boolean {
  if (rules.version !== CURRENT_RULES_VERSION) return false
  const start = records.starts[record] ?? 0
  const end = records.ends[record] ?? 0
  if (end - start > (rules.maxBytes ?? Infinity) || mayOutgrow(end - start, rules.maxOutputBytes))
    return false
  return scanMessage(records.arena.bytes, start, end, found)
}
