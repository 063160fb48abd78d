import type { DecodeOptions } from '../decode/decode-login.ts'
import { CURRENT_RULES_VERSION } from '../decode/decode-rules.ts'
import type { Login } from '../login/login.ts'
import type { AcceptedLogin, RejectedRecord, SourceRecord } from '../login/record.ts'
import { ByteArena } from './byte-arena.ts'
import { CombinationTable } from './combinations.ts'
import { decodeStep } from './decode-step.ts'
import {
  ABSENT,
  DEVICE_ID,
  EVENT_ID,
  EXTRA,
  FAILURE_REASON,
  IP,
  LoginColumns,
  RANGES,
  scopes,
  SESSION_ID,
  USER_ID,
} from './login-columns.ts'
import { RecordArray } from './record-array.ts'
import { RecordColumns } from './record-columns.ts'

/** A byte order mark is a character of an id like any other. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Counts the records that are asked for as objects. */
class CountedRecords extends RecordArray {
  asked = 0

  override record(index: number): SourceRecord {
    this.asked++
    return super.record(index)
  }
}

/** Logins as columns. */
export function acceptedColumns(accepted: readonly AcceptedLogin[]): LoginColumns {
  const columns = new LoginColumns(new ByteArena(1_024))
  const combinations = new CombinationTable(CURRENT_RULES_VERSION)
  for (const one of accepted) columns.add(one, combinations)
  return columns
}

const someLogin: Login = {
  userId: 'u',
  deviceId: 'd',
  eventTimeMs: 0,
  ip: '192.0.2.1',
  ipScope: 'reserved',
  locale: 'unknown',
  localeKind: 'other',
  appVersion: 'unknown',
  deviceType: 'unknown',
  outcome: 'unknown',
  eventId: null,
  failureReason: null,
  sessionId: null,
  extra: null,
}

/** Logins as columns, of which only what matters is said; their offsets count from the first one. */
export const loginColumns = (logins: readonly Partial<Login>[], firstOffset = 0): LoginColumns =>
  acceptedColumns(
    logins.map((login, place) => ({
      offset: BigInt(firstOffset + place),
      recordedAt: 0,
      login: { ...someLogin, ...login },
    })),
  )

/** A step that is decided. `asked`: how many records the decoder had to read. */
export function decided(
  records: readonly SourceRecord[],
  options: DecodeOptions,
  { decode = decodeStep, combinations = new CombinationTable(options.rules.version) } = {},
): { logins: LoginColumns; rejected: RejectedRecord[]; asked: number } {
  const source = new CountedRecords(records)
  const columns = new RecordColumns(new ByteArena(1_024), Math.max(1, records.length))
  if (source.appendTo(columns, 0) < records.length) throw new RangeError('more than a step has room for')
  source.asked = 0
  const logins = new LoginColumns(columns.arena)
  const rejected = decode(columns, options, logins, combinations)
  return { logins, rejected, asked: source.asked }
}

/** The login at an index, put together again. */
export function loginAt(columns: LoginColumns, index: number): Login {
  const { starts, ends, arena } = columns
  const text = (field: number): string | null => {
    const start = starts[index * RANGES + field] ?? ABSENT
    return start === ABSENT ? null : utf8.decode(arena.bytes.subarray(start, ends[index * RANGES + field]))
  }
  const { login } = columns.combinations[index] as { login: Login }
  return {
    userId: text(USER_ID) ?? '',
    deviceId: text(DEVICE_ID) ?? '',
    eventTimeMs: columns.eventTimes[index] ?? NaN,
    ip: text(IP) ?? '',
    ipScope: scopes[columns.scopes[index] ?? 0] ?? 'reserved',
    locale: login.locale,
    localeKind: login.localeKind,
    appVersion: login.appVersion,
    deviceType: login.deviceType,
    outcome: login.outcome,
    eventId: text(EVENT_ID),
    failureReason: text(FAILURE_REASON),
    sessionId: text(SESSION_ID),
    extra: text(EXTRA),
  }
}
