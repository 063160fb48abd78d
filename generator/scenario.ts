import { garbage } from './garbage.ts'
import { expectedLogin, type Expected } from './ground-truth.ts'
import { messageOf, MISSING_DEVICE_TYPE_SHARE, ROAMING_SHARE, type SentLogin } from './login-source.ts'
import { fraction, type Random32, sfc32, uuid } from './sfc32.ts'
import { pickUser, publicIp, userOfPool } from './user-pool.ts'

/** A record to send, and what the product must make of it. No two records of a scenario have the same key. */
export type ScenarioRecord = { key: string; value: Buffer | null; expected: Expected }

type ScenarioOptions = {
  /** Decides the users, as in login-source.ts. */
  seed: number
  users: number
  /** Decides everything else but the clock. */
  stream?: number
  /**
   * How long it takes, from `startMs` on, until all users have changed to a new version, one after the other.
   */
  rollOutMs: number
  /** Unix milliseconds. */
  startMs: number
}

// The following are shares of the logins or records sent.
const ODD_SHARE = 0.03
const DUPLICATE_SHARE = 0.02
const LATE_SHARE = 0.04
const FUTURE_SHARE = 0.02
const SESSION_SHARE = 0.25
const OUTCOME_SHARE = 0.4
/** Share of the moments that have a burst, which is tens of records. */
const BURST_SHARE = 0.004

const BURST_RECORDS = { least: 20, most: 120 }
const SESSION_LOGINS = { least: 1, most: 4 }
const SESSION_GAP_MS = { least: 1_000, most: 20_000 }
const LATE_SECONDS = { least: 60, most: 20 * 86_400 }
/** Less than an hour: further ahead the product rejects a login. */
const FUTURE_SECONDS = { least: 1, most: 55 * 60 }
const NEW_VERSION = '2.4.0'
const failureReasons = ['password', 'expired', 'locked']

type Range = { least: number; most: number }
type Planned = { dueMs: number; sent: SentLogin }

/**
 * Makes what a real topic holds, from a seed: users who come back, sessions, bursts, equal logins in one
 * second, logins that are late by minutes to weeks or dated ahead, a new version, optional fields, and every
 * odd record of garbage.ts.
 */
export class Scenario {
  readonly #options: ScenarioOptions
  readonly #random: Random32
  /** Further logins of sessions, in the order in which they are due. */
  readonly #planned: Planned[] = []
  /** Odd records that still have to be sent in this turn, as places in the list of garbage.ts. */
  #oddTurns: number[] = []
  #latest: SentLogin | null = null

  constructor(options: ScenarioOptions) {
    this.#options = options
    this.#random = sfc32(~options.seed, options.stream ?? 0)
  }

  /** Returns what to send at `nowMs`, which must not go back: one record, or many in a burst. */
  at(nowMs: number): ScenarioRecord[] {
    const records = this.#happens(BURST_SHARE) ? this.#within(BURST_RECORDS) : 1
    return Array.from({ length: records }, () => this.#record(nowMs))
  }

  #record(nowMs: number): ScenarioRecord {
    const key = uuid(this.#random)
    if (this.#happens(ODD_SHARE)) return { key, ...this.#oddRecord(nowMs) }
    const sent = this.#plannedLogin(nowMs) ?? this.#duplicate() ?? this.#newLogin(nowMs)
    this.#latest = sent
    return {
      key,
      value: Buffer.from(messageOf(sent)),
      expected: { ok: true, login: expectedLogin(sent) },
    }
  }

  /** Returns the odd records in random order, each once before any comes again. */
  #oddRecord(nowMs: number): Pick<ScenarioRecord, 'value' | 'expected'> {
    const records = garbage(nowMs)
    if (this.#oddTurns.length === 0) this.#oddTurns = [...records.keys()]
    const [turn = 0] = this.#oddTurns.splice(this.#random() % this.#oddTurns.length, 1)
    const odd = records[turn]
    if (odd === undefined) throw new Error(`garbage.ts has no record ${turn}`)
    return { value: odd.value, expected: odd.expect }
  }

  #plannedLogin(nowMs: number): SentLogin | null {
    const next = this.#planned[0]
    if (next === undefined || next.dueMs > nowMs) return null
    this.#planned.shift()
    return next.sent
  }

  /** Sometimes repeats the last login. It counts as another login. */
  #duplicate(): SentLogin | null {
    return this.#happens(DUPLICATE_SHARE) ? this.#latest : null
  }

  #newLogin(nowMs: number): SentLogin {
    const { seed, users } = this.#options
    const index = pickUser(this.#random, users)
    const user = userOfPool(seed, index)
    const login: SentLogin = {
      userId: user.userId,
      appVersion: this.#isOnNewVersion(index, nowMs) ? NEW_VERSION : user.appVersion,
      ip: this.#happens(ROAMING_SHARE) ? publicIp(this.#random) : user.ip,
      locale: user.locale,
      deviceId: user.deviceId,
      timestampSeconds: Math.floor(nowMs / 1000) + this.#clockError(),
      deviceType: this.#happens(MISSING_DEVICE_TYPE_SHARE) ? null : user.deviceType,
      ...this.#outcome(),
    }
    return this.#happens(SESSION_SHARE) ? this.#session(login, nowMs) : login
  }

  /** Whether a user has changed to the new version: each does so at a moment of their own. */
  #isOnNewVersion(index: number, nowMs: number): boolean {
    const { seed, startMs, rollOutMs } = this.#options
    return (nowMs - startMs) / rollOutMs > fraction(sfc32(~index, seed))
  }

  /**
   * By how many seconds a login's timestamp is off: mostly by minutes or hours into the past, rarely by
   * weeks.
   */
  #clockError(): number {
    if (this.#happens(FUTURE_SHARE)) return this.#within(FUTURE_SECONDS)
    if (!this.#happens(LATE_SHARE)) return 0
    const { least, most } = LATE_SECONDS
    return -Math.round(least * (most / least) ** fraction(this.#random))
  }

  #outcome(): Pick<SentLogin, 'outcome' | 'failureReason'> {
    if (!this.#happens(OUTCOME_SHARE)) return {}
    if (this.#happens(0.8)) return { outcome: 'success' }
    const failureReason = failureReasons[this.#random() % failureReasons.length] ?? 'password'
    return { outcome: 'failure', failureReason }
  }

  /** Makes a login the first of a session, and plans the logins that follow it. */
  #session(login: SentLogin, nowMs: number): SentLogin {
    const first = { ...login, sessionId: uuid(this.#random) }
    let afterMs = 0
    for (let more = this.#within(SESSION_LOGINS); more > 0; more--) {
      afterMs += this.#within(SESSION_GAP_MS)
      const timestampSeconds = login.timestampSeconds + Math.floor(afterMs / 1000)
      this.#planned.push({ dueMs: nowMs + afterMs, sent: { ...first, timestampSeconds } })
    }
    this.#planned.sort((a, b) => a.dueMs - b.dueMs)
    return first
  }

  #happens(share: number): boolean {
    return fraction(this.#random) < share
  }

  #within({ least, most }: Range): number {
    return least + (this.#random() % (most - least + 1))
  }
}
