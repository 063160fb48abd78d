import { expect, test } from 'vitest'
import { GroundTruth } from '../../generator/ground-truth.ts'
import { sourceOf } from './verify.ts'
import { verifyCounts, verifyUserDays } from './verify-totals.ts'

const truth = new GroundTruth()
const login = { deviceType: 'iOS', appVersion: '2.3.0', locale: 'RI', outcome: 'unknown' }
for (const [userId, time] of [
  ['a', '2026-07-09T23:59:59Z'],
  ['a', '2026-07-10T00:00:00Z'],
  ['b', '2026-07-10T00:00:30Z'],
] as const)
  truth.addLogin({ ...login, userId, eventTimeMs: Date.parse(time) })
const backlog = { topic: 'backlog', partitions: 4, events: 3, warmUp: 0, truth }

const days = [
  { day: '2026-07-09', users: 1, logins: 1 },
  { day: '2026-07-10', users: 2, logins: 2 },
]
const counts = [
  { key: '2026-07-09T23:59 iOS 2.3.0 RI', logins: 1 },
  { key: '2026-07-10T00:00 iOS 2.3.0 RI', logins: 2 },
]

test('a count that is wrong, is missing or is one too many fails the benchmark', () => {
  const verify = (found: typeof counts) => {
    verifyCounts('flink', found, backlog)
  }
  verify(counts)
  const [first = { key: '', logins: 0 }, second = first] = counts
  for (const wrong of [[first], [first, { ...second, logins: 3 }], [...counts, { key: 'x', logins: 1 }]])
    expect(() => {
      verify(wrong)
    }).toThrow('flink counted wrong')
})

test('a user who is missing, and a login of a user that is counted twice, fail the benchmark', () => {
  const verify = (found: typeof days) => {
    verifyUserDays('flink', found, backlog)
  }
  verify(days)
  const [first = { day: '', users: 0, logins: 0 }, second = first] = days
  for (const wrong of [[second], [first, { ...second, users: 1 }], [first, { ...second, logins: 3 }]])
    expect(() => {
      verify(wrong)
    }).toThrow('flink has users per day')
})

test('the place of a login is read from what each program publishes', () => {
  const place = { partition: 3, offset: 1207 }
  expect(sourceOf('"locale":"RI","source":{"topic":"logins","partition":3,"offset":1207}}')).toEqual(place)
  expect(sourceOf('"event_time":"x","source_partition":3,"source_offset":1207}')).toEqual(place)
  expect(sourceOf('{"type":"insight","text":"offset 1207"}')).toBeNull()
})
