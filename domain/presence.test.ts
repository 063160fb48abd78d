import { expect, test } from 'vitest'
import type { Login } from './login.ts'
import { MinuteCounts } from './counts.ts'
import { entriesOf, PresenceCache, SharedPresence } from './presence.ts'

const login = (userId: string, time: string, more: Partial<Login> = {}) =>
  ({
    userId,
    eventTimeMs: Date.parse(time),
    deviceId: 'd',
    ip: '1.1.1.1',
    deviceType: 'iOS',
    appVersion: '1.0',
    locale: 'CA',
    outcome: 'unknown',
    ...more,
  }) as Login

function missing(cache: PresenceCache, logins: Login[]) {
  const draft = cache.draft()
  const minutes = new MinuteCounts()
  for (const one of logins) draft.add(one, minutes.add(one))
  return draft.presences()
}

test('a user is named once per day of the event and values of the dimensions, a device and an address once a day', () => {
  const presences = missing(new PresenceCache(new Int32Array(4)), [
    login('a', '1970-01-02T00:00:00Z'),
    login('a', '1970-01-02T23:59:59Z'),
    login('a', '1970-01-02T23:59:59Z', { locale: 'NY', ip: '1.1.1.2' }),
    login('a', '1970-01-03T00:00:00Z'),
    login('b', '1970-01-02T00:00:00Z'),
  ])
  const named = presences.map(({ kind, day, values, ids }) => [kind, day, values?.[2], ids.join()].join(' '))
  expect(named.sort()).toEqual([
    'address 1  1.1.1.1,1.1.1.2',
    'address 2  1.1.1.1',
    'device 1  d',
    'device 2  d',
    'user 1 CA a,b',
    'user 1 NY a',
    'user 2 CA a',
  ])
})

test('only what was remembered as committed is left out: a transaction that failed is written again', () => {
  const cache = new PresenceCache(new Int32Array(4))
  const logins = [login('a', '1970-01-02T00:00:00Z')]
  const first = missing(cache, logins)
  expect(missing(cache, logins)).toEqual(first)
  cache.remember(first)
  expect(missing(cache, logins)).toEqual([])
})

test('partitions share what is committed, until Postgres is another one', () => {
  const shared = new SharedPresence(new Int32Array(4))
  const logins = [login('a', '1970-01-02T00:00:00Z')]
  const before = shared.of('monday')
  before.remember(missing(before, logins))
  expect(entriesOf(missing(shared.of('monday'), logins))).toBe(0)
  expect(entriesOf(missing(shared.of('tuesday'), logins))).toBe(3)
})
