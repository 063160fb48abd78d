import type { IpScope } from '../login/login.ts'
import type { AcceptedLogin } from '../login/record.ts'
import { unknownSpelling } from '../fields/outcome.ts'
import type { ByteArena } from './byte-arena.ts'
import type { Combination, CombinationTable } from './combinations.ts'
import { twice } from './twice.ts'

/** Fields of a login that are texts of its own, in the order of their ranges. */
export const USER_ID = 0
export const DEVICE_ID = 1
export const IP = 2
export const EVENT_ID = 3
export const FAILURE_REASON = 4
export const SESSION_ID = 5
export const EXTRA = 6
export const RANGES = 7

export const scopes: readonly IpScope[] = ['public', 'private', 'reserved']

const FIRST_CAPACITY = 512

/** What a range of bytes is that a login does not have. */
export const ABSENT = -1

/**
 * The logins of a step as columns: one entry is the same index in each. Texts are UTF-8 in an arena: the field `f` of login `i`
 * lies from `starts[i * RANGES + f]` to `ends[i * RANGES + f]`.
 */
export class LoginColumns {
  readonly arena: ByteArena
  count = 0
  /** In Kafka; exact below 2^53. */
  offsets = new Float64Array(FIRST_CAPACITY)
  /** Unix milliseconds. */
  eventTimes = new Float64Array(FIRST_CAPACITY)
  /** Kafka's timestamps of the records, Unix milliseconds; NaN: not exact as a number. */
  recordedAt = new Float64Array(FIRST_CAPACITY)
  /** Places in `scopes`. */
  scopes = new Uint8Array(FIRST_CAPACITY)
  /** Whether a text, `extra` aside, has a byte that JSON escapes: a control character, a quote or a backslash. */
  isEscaped = new Uint8Array(FIRST_CAPACITY)
  starts = new Int32Array(FIRST_CAPACITY * RANGES)
  ends = new Int32Array(FIRST_CAPACITY * RANGES)
  readonly combinations: Combination[] = []
  /** Of the logins whose outcome is not understood: how it was written, each in turn. */
  readonly unknownOutcomes: string[] = []

  /** @param arena where the texts lie */
  constructor(arena: ByteArena) {
    this.arena = arena
  }

  clear(): void {
    this.count = 0
    this.unknownOutcomes.length = 0
  }

  /** Adds a login that was decoded, its texts behind those of the arena. */
  add({ offset, recordedAt, login }: AcceptedLogin, combinations: CombinationTable): void {
    this.reserve()
    const at = this.count++
    this.offsets[at] = Number(offset)
    this.eventTimes[at] = login.eventTimeMs
    this.recordedAt[at] = typeof recordedAt === 'bigint' ? NaN : recordedAt
    this.scopes[at] = scopes.indexOf(login.ipScope)
    this.combinations[at] = combinations.ofLogin(login)
    const textsStart = this.arena.length
    const first = at * RANGES
    this.#append(first + USER_ID, login.userId)
    this.#append(first + DEVICE_ID, login.deviceId)
    this.#append(first + IP, login.ip)
    this.#append(first + EVENT_ID, login.eventId)
    this.#append(first + FAILURE_REASON, login.failureReason)
    this.#append(first + SESSION_ID, login.sessionId)
    this.isEscaped[at] = isEscaped(this.arena.bytes, textsStart, this.arena.length) ? 1 : 0
    this.#append(first + EXTRA, login.extra)
    const spelling = unknownSpelling(login)
    if (spelling !== null) this.unknownOutcomes.push(spelling)
  }

  /** Makes room for one more. */
  reserve(): void {
    if (this.count < this.offsets.length) return
    this.offsets = twice(this.offsets)
    this.eventTimes = twice(this.eventTimes)
    this.recordedAt = twice(this.recordedAt)
    this.scopes = twice(this.scopes)
    this.isEscaped = twice(this.isEscaped)
    this.starts = twice(this.starts)
    this.ends = twice(this.ends)
  }

  #append(range: number, text: string | null): void {
    this.starts[range] = text === null ? ABSENT : this.arena.length
    if (text !== null) this.arena.append(text)
    this.ends[range] = text === null ? ABSENT : this.arena.length
  }
}

/** What a login has in common with others. */
export function combinationAt({ combinations }: LoginColumns, login: number): Combination {
  const combination = combinations[login]
  if (combination === undefined) throw new RangeError(`no login ${login}`)
  return combination
}

/** Bytes of all texts of a login. */
export function textBytes({ starts, ends }: LoginColumns, login: number): number {
  let bytes = 0
  for (let range = login * RANGES; range < (login + 1) * RANGES; range++)
    bytes += (ends[range] ?? 0) - (starts[range] ?? 0)
  return bytes
}

const FIRST_PRINTABLE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Whether some byte cannot stand in a JSON string as it is. */
function isEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte < FIRST_PRINTABLE || byte === QUOTE || byte === BACKSLASH) return true
  }
  return false
}
