import { expect, test } from 'vitest'
import type { AcceptedLogin } from './batch.ts'
import { countByMinute, rollUp } from './counts.ts'

const login = (time: string, deviceType: 'iOS' | 'android' = 'iOS'): AcceptedLogin => ({
  offset: 0n,
  key: null,
  login: {
    userId: 'u',
    deviceId: 'd',
    eventTimeMs: Date.parse(time),
    ip: '192.0.2.1',
    ipScope: 'reserved',
    locale: 'RI',
    localeKind: 'us_state',
    appVersion: '2.3.0',
    deviceType,
    outcome: 'unknown',
    eventId: null,
    failureReason: null,
    sessionId: null,
    extra: null,
  },
})

const starts = (buckets: number[]) => buckets.map((bucket) => new Date(bucket).toISOString())

test('logins are counted in the minute of the event, apart by dimension', () => {
  const counts = countByMinute([
    login('2026-03-01T23:59:59.999Z'),
    login('2026-03-01T23:59:00.000Z'),
    login('2026-03-01T23:59:30Z', 'android'),
    login('2026-03-02T00:00:00.000Z'),
  ])
  expect(starts(counts.buckets)).toEqual([
    '2026-03-01T23:59:00.000Z',
    '2026-03-01T23:59:00.000Z',
    '2026-03-02T00:00:00.000Z',
  ])
  expect(counts.deviceTypes).toEqual(['iOS', 'android', 'iOS'])
  expect(counts.logins).toEqual([2, 1, 1])
})

test('hours and days are the sums of their minutes', () => {
  const minutes = countByMinute([
    login('2026-03-01T22:59:59Z'),
    login('2026-03-01T23:00:00Z'),
    login('2026-03-01T23:10:00Z'),
    login('2026-03-02T00:00:00Z'),
  ])
  const hours = rollUp(minutes, 'hour')
  expect(starts(hours.buckets)).toEqual([
    '2026-03-01T22:00:00.000Z',
    '2026-03-01T23:00:00.000Z',
    '2026-03-02T00:00:00.000Z',
  ])
  expect(hours.logins).toEqual([1, 2, 1])
  const days = rollUp(minutes, 'day')
  expect(starts(days.buckets)).toEqual(['2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'])
  expect(days.logins).toEqual([3, 1])
})

test('dimensions that would read alike when joined stay apart', () => {
  const first = login('2026-03-01T12:00:00Z')
  const second = login('2026-03-01T12:00:00Z')
  first.login.appVersion = '1,RI'
  first.login.locale = 'x'
  second.login.appVersion = '1'
  second.login.locale = 'RI,x'
  expect(countByMinute([first, second]).logins).toEqual([1, 1])
})
