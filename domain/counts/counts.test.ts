import { expect, test } from 'vitest'
import { loginColumns } from '../columns/columns-fixture.ts'
import { MinuteCounts } from './counts.ts'
import type { Login } from '../login/login.ts'

const login = (time: string, deviceType: 'iOS' | 'android' = 'iOS'): Login => ({
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
})

function countByMinute(logins: Login[]) {
  const counts = new MinuteCounts()
  counts.add(loginColumns(logins))
  return counts.columns
}

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

test('dimensions that would read alike when joined stay apart', () => {
  const first = login('2026-03-01T12:00:00Z')
  const second = login('2026-03-01T12:00:00Z')
  first.appVersion = '1,RI'
  first.locale = 'x'
  second.appVersion = '1'
  second.locale = 'RI,x'
  expect(countByMinute([first, second]).logins).toEqual([1, 1])
})
