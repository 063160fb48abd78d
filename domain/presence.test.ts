import { expect, test } from 'vitest'
import type { Login } from './login.ts'
import { PresenceCache, SharedPresence } from './presence.ts'

const login = (userId: string, time: string) => ({ userId, eventTimeMs: Date.parse(time) }) as Login

function missing(cache: PresenceCache, logins: Login[]) {
  const draft = cache.draft()
  for (const one of logins) draft.add(one)
  return draft.columns
}

test('a user is named once per day of the event', () => {
  const cache = new PresenceCache()
  const { days, userIds } = missing(cache, [
    login('a', '1970-01-02T00:00:00Z'),
    login('a', '1970-01-02T23:59:59Z'),
    login('a', '1970-01-03T00:00:00Z'),
    login('b', '1970-01-02T00:00:00Z'),
  ])
  expect(userIds.map((user, i) => `${user} ${days[i] ?? ''}`)).toEqual(['a 1', 'a 2', 'b 1'])
})

test('only what was remembered as committed is left out: a transaction that failed is written again', () => {
  const cache = new PresenceCache()
  const first = missing(cache, [login('a', '1970-01-02T00:00:00Z')])
  expect(missing(cache, [login('a', '1970-01-02T00:00:00Z')])).toEqual(first)
  cache.remember(first)
  expect(missing(cache, [login('a', '1970-01-02T00:00:00Z')]).userIds).toEqual([])
})

test('partitions share what is committed, until Postgres is another one', () => {
  const shared = new SharedPresence()
  const logins = [login('a', '1970-01-02T00:00:00Z')]
  const before = shared.of('monday')
  before.remember(missing(before, logins))
  expect(missing(shared.of('monday'), logins).userIds).toEqual([])
  expect(missing(shared.of('tuesday'), logins).userIds).toEqual(['a'])
})
