import type { SentLogin } from './login-source.ts'

/** A login as the product should count it. */
export type ExpectedLogin = {
  userId: string
  eventTimeMs: number
  deviceType: string
  appVersion: string
  locale: string
  outcome: string
}

/** What the product must make of a record. */
export type Expected = { ok: true; login: ExpectedLogin } | { ok: false; reason: string }

/** A count that the product should have. `minute` is ISO 8601 in UTC without seconds: 2024-07-10T02:00. */
type ExpectedCount = Omit<ExpectedLogin, 'userId' | 'eventTimeMs'> & { minute: string; logins: number }

/**
 * Counts what was sent without any code of the product, to compare it with Postgres and processed-data.
 * Memory grows with the number of counts and of users per day, not with that of logins, so that millions of
 * logins are fine.
 */
export class GroundTruth {
  #logins = 0
  readonly #counts = new Map<string, number>()
  readonly #users = { logins: new Map<string, Set<string>>(), failures: new Map<string, Set<string>>() }
  readonly #rejects = new Map<string, number>()

  /** Adds a message of login-source.ts that Kafka acknowledged. */
  addSent(sent: SentLogin): void {
    this.addLogin(expectedLogin(sent))
  }

  add(expected: Expected): void {
    if (expected.ok) this.addLogin(expected.login)
    else this.addReject(expected.reason)
  }

  addLogin(login: ExpectedLogin): void {
    const time = new Date(login.eventTimeMs).toISOString()
    const { deviceType, appVersion, locale, outcome } = login
    increment(this.#counts, [time.slice(0, 16), deviceType, appVersion, locale, outcome].join('\0'))
    const day = time.slice(0, 10)
    const users = this.#users[outcome === 'failure' ? 'failures' : 'logins']
    users.set(day, (users.get(day) ?? new Set()).add(login.userId))
    this.#logins++
  }

  addReject(reason: string): void {
    increment(this.#rejects, reason)
  }

  totals(): { sent: number; logins: number; rejects: number } {
    const rejects = sum(this.#rejects.values())
    return { sent: this.#logins + rejects, logins: this.#logins, rejects }
  }

  /**
   * All counts, by minute, device type, version, locale and outcome (by code unit, as `collate "C"` for
   * ASCII).
   */
  counts(): ExpectedCount[] {
    return [...this.#counts].sort(byKey).map(([key, logins]) => {
      const [minute = '', deviceType = '', appVersion = '', locale = '', outcome = ''] = key.split('\0')
      return { minute, deviceType, appVersion, locale, outcome, logins }
    })
  }

  /** The number of distinct users by day of the event (`2024-07-10`, UTC), in order. */
  usersPerDay(): [day: string, users: number][] {
    const { logins, failures } = this.#users
    const days = new Set([...logins.keys(), ...failures.keys()])
    return [...days].sort().map((day) => {
      const users = new Set([...this.usersOf(day, 'logins'), ...this.usersOf(day, 'failures')])
      return [day, users.size]
    })
  }

  /** The users of a day with a login that did not fail, or with one that did. */
  usersOf(day: string, attempts: 'logins' | 'failures'): ReadonlySet<string> {
    return this.#users[attempts].get(day) ?? new Set()
  }

  /** The number of rejects by reason, in alphabetical order. */
  rejectsByReason(): [reason: string, rejects: number][] {
    return [...this.#rejects].sort(byKey)
  }
}

/** The login that a message means if all its fields are in their normal form. */
export const expectedLogin = (sent: SentLogin): ExpectedLogin => ({
  userId: sent.userId,
  eventTimeMs: sent.timestampSeconds * 1000,
  deviceType: sent.deviceType ?? 'unknown',
  appVersion: sent.appVersion,
  locale: sent.locale,
  outcome: sent.outcome ?? 'unknown',
})

const increment = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0)

const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0)
