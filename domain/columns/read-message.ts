import type { DecodeOptions } from '../decode/decode-login.ts'
import { ID_MAX_CHARACTERS } from '../decode/decode-message.ts'
import { parseClientIp } from '../fields/client-ip.ts'
import { type EventTimeBounds, readEventTime } from '../fields/event-time.ts'
import { ipv4Scope } from '../fields/ip.ts'
import type { CombinationTable } from './combinations.ts'
import { place } from './fields.ts'
import {
  ABSENT,
  DEVICE_ID,
  EVENT_ID,
  EXTRA,
  FAILURE_REASON,
  IP,
  RANGES,
  scopes,
  SESSION_ID,
  USER_ID,
  type LoginColumns,
} from './login-columns.ts'
import type { RecordColumns } from './record-columns.ts'
import { scanIpv4 } from './scan-ipv4.ts'
import type { ScannedMessage } from './scan-message.ts'

const idFields = [
  { place: place.user_id, range: USER_ID, isRequired: true },
  { place: place.device_id, range: DEVICE_ID, isRequired: true },
  { place: place.event_id, range: EVENT_ID, isRequired: false },
  { place: place.failure_reason, range: FAILURE_REASON, isRequired: false },
  { place: place.session_id, range: SESSION_ID, isRequired: false },
]

/**
 * Adds the login of a scanned message to `logins`, unless the decoder might read anything of it otherwise.
 * @returns false: the decoder has to read the record, and nothing was added
 */
export function readMessage(
  records: RecordColumns,
  record: number,
  found: ScannedMessage,
  logins: LoginColumns,
  combinations: CombinationTable,
  { nowMs, rules: { maxAgeDays } }: DecodeOptions,
): boolean {
  logins.reserve()
  const login = logins.count
  const { bytes } = logins.arena
  const eventTimeMs = eventTimeOf(bytes, found, { nowMs, maxAgeDays })
  const combination = combinations.ofMessage(bytes, found)
  if (eventTimeMs < 0 || combination === null) return false
  if (!readIds(bytes, found, logins, login) || !readIp(found, logins, login)) return false
  logins.offsets[login] = records.offsets[record] ?? NaN
  logins.recordedAt[login] = records.timestamps[record] ?? NaN
  logins.eventTimes[login] = eventTimeMs
  logins.combinations[login] = combination
  logins.isEscaped[login] = 0
  logins.starts[login * RANGES + EXTRA] = ABSENT
  logins.ends[login * RANGES + EXTRA] = ABSENT
  logins.count++
  return true
}

function readIds(bytes: Uint8Array, found: ScannedMessage, logins: LoginColumns, login: number): boolean {
  const first = login * RANGES
  for (const { place: at, range, isRequired } of idFields) {
    const start = found.starts[at] ?? 0
    const end = found.ends[at] ?? 0
    if (start === 0) {
      if (isRequired) return false
      logins.starts[first + range] = ABSENT
      logins.ends[first + range] = ABSENT
    } else {
      if (found.isText[at] !== 1 || !isId(bytes, start, end)) return false
      logins.starts[first + range] = start
      logins.ends[first + range] = end
    }
  }
  return true
}

const BLANK = 0x20

/** As isOpaqueText, of printable ASCII. */
function isId(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > ID_MAX_CHARACTERS) return false
  while (start < end && bytes[start] === BLANK) start++
  return start < end
}

const ZERO = 0x30
/** Every whole number of so many digits is exact as a double. */
const EXACT_DIGITS = 15

/** Unix milliseconds; -1: the decoder has to say. */
function eventTimeOf(bytes: Uint8Array, found: ScannedMessage, bounds: EventTimeBounds): number {
  const start = found.starts[place.timestamp] ?? 0
  const end = found.ends[place.timestamp] ?? 0
  if (start === 0) return -1
  const whole = found.isText[place.timestamp] === 1 ? -1 : wholeNumber(bytes, start, end)
  const sent = whole >= 0 ? whole : ascii.decode(bytes.subarray(start, end))
  const eventTimeMs = readEventTime(sent, () => String(sent), bounds)
  return typeof eventTimeMs === 'number' ? eventTimeMs : -1
}

/** @returns -1: it has other characters than digits, or too many */
function wholeNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > EXACT_DIGITS) return -1
  let number = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - ZERO
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
  }
  return number
}

function readIp(found: ScannedMessage, logins: LoginColumns, login: number): boolean {
  const { arena } = logins
  const start = found.starts[place.ip] ?? 0
  const end = found.ends[place.ip] ?? 0
  if (start === 0 || found.isText[place.ip] !== 1) return false
  const range = login * RANGES + IP
  const address = scanIpv4(arena.bytes, start, end)
  if (address >= 0) {
    logins.scopes[login] = scopes.indexOf(ipv4Scope(address))
    logins.starts[range] = start
    logins.ends[range] = end
    return true
  }
  const parsed = parseClientIp(ascii.decode(arena.bytes.subarray(start, end)))
  if (parsed === null || parsed.isCut) return false
  logins.scopes[login] = scopes.indexOf(parsed.scope)
  logins.starts[range] = arena.length
  arena.append(parsed.ip)
  logins.ends[range] = arena.length
  return true
}

const ascii = new TextDecoder('latin1')
