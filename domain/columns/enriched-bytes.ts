import type { IpScope } from '../login/login.ts'
import type { Combination } from './combinations.ts'
import {
  ABSENT,
  combinationAt,
  DEVICE_ID,
  EVENT_ID,
  EXTRA,
  FAILURE_REASON,
  IP,
  RANGES,
  scopes,
  SESSION_ID,
  textBytes,
  USER_ID,
  type LoginColumns,
} from './login-columns.ts'
import {
  ISO_TIME_BYTES,
  JSON_GROWTH,
  MAX_DIGITS,
  putBytes,
  putIsoTime,
  putJsonText,
  putNumber,
} from './put-bytes.ts'

const utf8 = new TextEncoder()
const bytesOf = (text: string): Uint8Array => utf8.encode(text)

const USER = bytesOf('{"type":"login","user_id":"')
const DEVICE = bytesOf('","device_id":"')
const TIME = bytesOf('","event_time":"')
const TIMESTAMP = bytesOf('","timestamp":')
const ADDRESS = bytesOf(',"ip":"')
const QUOTE = bytesOf('"')
const optionalTexts = [
  { range: EVENT_ID, head: bytesOf(',"event_id":"') },
  { range: FAILURE_REASON, head: bytesOf(',"failure_reason":"') },
  { range: SESSION_ID, head: bytesOf(',"session_id":"') },
]
const EXTRA_HEAD = bytesOf(',"extra":')
/** What stands between the texts of a login takes less. */
const FIXED_BYTES = 512

/** What all logins of a combination have in common behind their address, by place of the scope. */
const valuesOfCombinations = new WeakMap<Combination, Uint8Array[]>()

/** Writes logins of one partition as enrichedLogin does, out of columns. */
export class EnrichedBytes {
  readonly #source: Uint8Array
  readonly #times = new Uint8Array(
    TIME.length + ISO_TIME_BYTES + TIMESTAMP.length + MAX_DIGITS + ADDRESS.length,
  )
  #timesEnd = 0
  /** The event time that `#times` is written of; many logins have that of the one before. */
  #timeMs = NaN

  constructor({ topic, partition }: { topic: string; partition: number }) {
    this.#source = bytesOf(`,"source":{"topic":"${topic}","partition":${partition},"offset":`)
  }

  /** Bytes that a login takes at most. */
  maxBytes(logins: LoginColumns, login: number): number {
    const values = valuesAt(logins, login).length
    return JSON_GROWTH * textBytes(logins, login) + values + this.#source.length + FIXED_BYTES
  }

  /** @returns the place behind the login, in `target` from `at` on */
  put(target: Uint8Array, at: number, logins: LoginColumns, login: number): number {
    const { starts, ends } = logins
    const { bytes } = logins.arena
    const text = logins.isEscaped[login] === 1 ? putJsonText : putBytes
    const first = login * RANGES
    at = putBytes(target, at, USER)
    at = text(target, at, bytes, starts[first + USER_ID] ?? 0, ends[first + USER_ID] ?? 0)
    at = putBytes(target, at, DEVICE)
    at = text(target, at, bytes, starts[first + DEVICE_ID] ?? 0, ends[first + DEVICE_ID] ?? 0)
    at = this.#putTimes(target, at, logins.eventTimes[login] ?? NaN)
    at = putBytes(target, at, bytes, starts[first + IP] ?? 0, ends[first + IP] ?? 0)
    at = putBytes(target, at, valuesAt(logins, login))
    at = putOptionals(target, at, logins, login)
    at = putBytes(target, at, this.#source)
    at = putNumber(target, at, logins.offsets[login] ?? 0)
    target[at++] = CLOSE
    target[at++] = CLOSE
    return at
  }

  /** The moment in both forms, and what stands before the address. */
  #putTimes(target: Uint8Array, at: number, timeMs: number): number {
    if (timeMs !== this.#timeMs) {
      let end = putBytes(this.#times, 0, TIME)
      end = putIsoTime(this.#times, end, timeMs)
      end = putBytes(this.#times, end, TIMESTAMP)
      end = putNumber(this.#times, end, Math.floor(timeMs / 1_000))
      this.#timesEnd = putBytes(this.#times, end, ADDRESS)
      this.#timeMs = timeMs
    }
    return putBytes(target, at, this.#times, 0, this.#timesEnd)
  }
}

function valuesAt(logins: LoginColumns, login: number): Uint8Array {
  const combination = combinationAt(logins, login)
  const known = valuesOfCombinations.get(combination) ?? makeValues(combination)
  return known[logins.scopes[login] ?? 0] ?? QUOTE
}

function makeValues(combination: Combination): Uint8Array[] {
  const made = scopes.map((scope) => bytesOf(valuesOf(combination, scope)))
  valuesOfCombinations.set(combination, made)
  return made
}

/** The fields that not every login has. */
function putOptionals(target: Uint8Array, at: number, logins: LoginColumns, login: number): number {
  const { starts, ends } = logins
  const { bytes } = logins.arena
  const text = logins.isEscaped[login] === 1 ? putJsonText : putBytes
  const first = login * RANGES
  for (const { range, head } of optionalTexts) {
    const start = starts[first + range] ?? ABSENT
    if (start === ABSENT) continue
    at = putBytes(target, at, head)
    at = text(target, at, bytes, start, ends[first + range] ?? 0)
    at = putBytes(target, at, QUOTE)
  }
  const extraStart = starts[first + EXTRA] ?? ABSENT
  if (extraStart === ABSENT) return at
  at = putBytes(target, at, EXTRA_HEAD)
  return putBytes(target, at, bytes, extraStart, ends[first + EXTRA] ?? 0)
}

const CLOSE = 0x7d

const valuesOf = ({ login }: Combination, scope: IpScope): string =>
  `","ip_scope":"${scope}","locale":${JSON.stringify(login.locale)},"locale_kind":"${login.localeKind}"` +
  `,"app_version":${JSON.stringify(login.appVersion)},"device_type":"${login.deviceType}"` +
  `,"outcome":"${login.outcome}"`
