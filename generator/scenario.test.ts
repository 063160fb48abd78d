import { expect, it } from 'vitest'
import { decodeLogin } from '../domain/decode/decode-login.ts'
import { rulesWith } from '../domain/decode/rules-fixture.ts'
import { rejectReasons } from '../domain/login/login.ts'
import { Scenario } from './scenario.ts'

const startMs = Date.UTC(2026, 0, 15)
const MINUTE_MS = 60_000
const options = { seed: 7, users: 500, startMs, rollOutMs: MINUTE_MS }

/** A minute at 100 moments a second. */
function minute(seed = options.seed) {
  const scenario = new Scenario({ ...options, seed })
  return Array.from({ length: 6_000 }, (_, moment) => startMs + moment * 10).flatMap((nowMs) =>
    scenario.at(nowMs).map((record) => ({ ...record, nowMs })),
  )
}
const records = minute()
const logins = records.flatMap((record) =>
  record.expected.ok ? [{ ...record, ...record.expected.login }] : [],
)

it('gives the same records for the same seed and clock, and others for another seed', () => {
  expect(minute()).toEqual(records)
  expect(minute(8)[0]?.key).not.toBe(records[0]?.key)
})

it('is what the decoder makes of every record, also a minute later', () => {
  for (const { value, expected, nowMs } of records) {
    const decoded = decodeLogin(value, {
      nowMs: nowMs + MINUTE_MS,
      rules: rulesWith({ maxBytes: 64 * 1024, maxAgeDays: 3_653 }),
    })
    expect(decoded).toMatchObject(expected)
  }
})

it('gives every record a key of its own', () => {
  expect(new Set(records.map(({ key }) => key)).size).toBe(records.length)
})

it('holds rejects of every reason', () => {
  const reasons = new Set(records.flatMap(({ expected }) => (expected.ok ? [] : [expected.reason])))
  expect([...reasons].sort()).toEqual([...rejectReasons].sort())
})

it('holds bursts, users who come back, equal logins, outcomes, late logins of up to 20 days and early ones', () => {
  const moments = Map.groupBy(records, ({ nowMs }) => nowMs)
  expect(Math.max(...Array.from(moments.values(), ({ length }) => length))).toBeGreaterThan(50)
  expect(new Set(logins.map(({ userId }) => userId)).size).toBeLessThan(logins.length / 4)
  const repeated = logins.filter(({ value }, i) => value?.toString() === logins[i - 1]?.value?.toString())
  expect(repeated.length).toBeGreaterThan(50)
  expect(new Set(logins.map(({ outcome }) => outcome))).toEqual(new Set(['unknown', 'success', 'failure']))
  const lateMs = logins.map(({ nowMs, eventTimeMs }) => nowMs - eventTimeMs)
  expect(lateMs.filter((ms) => ms > 10 * 86_400_000).length).toBeGreaterThan(5)
  expect(lateMs.filter((ms) => ms < -60_000).length).toBeGreaterThan(50)
})

it('keeps the logins of a session together', () => {
  const sessions = Map.groupBy(
    logins,
    ({ value }) => /"session_id":"([^"]+)"/.exec(value?.toString() ?? '')?.[1],
  )
  sessions.delete(undefined)
  const long = [...sessions.values()].filter((session) => session.length > 2)
  expect(long.length).toBeGreaterThan(50)
  for (const session of long) {
    const times = session.map(({ eventTimeMs }) => eventTimeMs)
    expect(new Set(session.map(({ userId }) => userId)).size).toBe(1)
    expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(80_000)
  }
})

it('moves all users to the new version over the roll-out', () => {
  const share = (from: number, to: number) => {
    const part = logins.filter(({ nowMs }) => nowMs >= startMs + from && nowMs < startMs + to)
    return part.filter(({ appVersion }) => appVersion === '2.4.0').length / part.length
  }
  expect(share(0, 5_000)).toBeLessThan(0.15)
  expect(share(25_000, 35_000)).toBeGreaterThan(0.2)
  expect(share(55_000, 60_000)).toBeGreaterThan(0.7)
})
