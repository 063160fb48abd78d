import { expect, test } from 'vitest'
import type { AcceptedLogin } from './batch.ts'
import { PresenceCache } from './presence.ts'

const login = (userId: string, time: string) =>
  ({ offset: 0n, key: null, login: { userId, eventTimeMs: Date.parse(time) } }) as unknown as AcceptedLogin

test('a user is named once per day of the event', () => {
  const cache = new PresenceCache()
  const { days, userIds } = cache.missing([
    login('a', '1970-01-02T00:00:00Z'),
    login('a', '1970-01-02T23:59:59Z'),
    login('a', '1970-01-03T00:00:00Z'),
    login('b', '1970-01-02T00:00:00Z'),
  ])
  expect(userIds.map((user, i) => `${user} ${days[i] ?? ''}`)).toEqual(['a 1', 'a 2', 'b 1'])
})

test('only what was remembered as committed is left out: a transaction that failed is written again', () => {
  const cache = new PresenceCache()
  const first = cache.missing([login('a', '1970-01-02T00:00:00Z')])
  expect(cache.missing([login('a', '1970-01-02T00:00:00Z')])).toEqual(first)
  cache.remember(first)
  expect(cache.missing([login('a', '1970-01-02T00:00:00Z')]).userIds).toEqual([])
})
