import { expect, test } from 'vitest'
import type { Login } from '../login/login.ts'
import { loginColumns } from '../columns/columns-fixture.ts'
import { MinuteCounts } from '../counts/counts.ts'
import { SightingCache, SharedSightingCache } from './sighting-cache.ts'
import type { Sightings } from './sighting.ts'

const KEY = Int32Array.of(1, 2)

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

function missing(cache: SightingCache, logins: Login[]) {
  const draft = cache.draft()
  const minutes = new MinuteCounts()
  const columns = loginColumns(logins)
  minutes.add(columns)
  draft.add(columns, minutes.entries)
  return draft.sightings()
}

test('a user is named once per day of the event and values of the dimensions, a device and an address once a day', () => {
  const { json, entries, hashes } = missing(new SightingCache(KEY), [
    login('a', '1970-01-02T00:00:00Z'),
    login('a', '1970-01-02T23:59:59Z'),
    login('a', '1970-01-02T23:59:59Z', { locale: 'NY', ip: '1.1.1.2' }),
    login('a', '1970-01-03T00:00:00Z'),
    login('b', '1970-01-02T00:00:00Z'),
  ])
  const sightings = JSON.parse(json) as Sightings
  const named = sightings.map(({ kind, day, values, ids }) => [kind, day, values?.[2], ids.join()].join(' '))
  expect(named.sort()).toEqual([
    'address 1  1.1.1.1,1.1.1.2',
    'address 2  1.1.1.1',
    'device 1  d',
    'device 2  d',
    'user 1 CA a,b',
    'user 1 NY a',
    'user 2 CA a',
  ])
  expect([entries, hashes.length]).toEqual([9, (9 + 4) * 3])
})

test('only what was remembered as committed is left out: a transaction that failed is written again', () => {
  const cache = new SightingCache(KEY)
  const logins = [login('a', '1970-01-02T00:00:00Z')]
  const first = missing(cache, logins)
  expect(missing(cache, logins)).toEqual(first)
  cache.remember(first)
  expect(missing(cache, logins)).toEqual({ entries: 0, json: '[]', hashes: new Int32Array(0) })
})

test('a user, a device and an address are named once for logins and once for failures', () => {
  const cache = new SightingCache(KEY)
  const success = login('a', '1970-01-02T00:00:00Z', { outcome: 'success' })
  const failure = { ...success, outcome: 'failure' as const }
  const named = (logins: Login[]) => {
    const sightings = missing(cache, logins)
    cache.remember(sightings)
    return (JSON.parse(sightings.json) as Sightings).map(({ kind, attempts }) => `${kind} ${attempts}`)
  }
  expect(named([failure])).toEqual(['user failures', 'device failures', 'address failures'])
  expect(named([success])).toEqual(['user logins', 'device logins', 'address logins'])
  expect(named([success, failure])).toEqual([])
})

test('who is known to be committed is named where he was not seen yet, and nowhere else', () => {
  const cache = new SightingCache(KEY)
  const known = login('a', '1970-01-02T00:00:00Z')
  cache.remember(
    missing(cache, [known, login('b', '1970-01-02T00:00:00Z', { deviceId: 'e', ip: '1.1.1.3' })]),
  )
  const named = (more: Partial<Login>) =>
    (JSON.parse(missing(cache, [known, { ...known, ...more }]).json) as Sightings).map(
      ({ kind, ids }) => `${kind} ${ids.join()}`,
    )
  expect(named({ ip: '1.1.1.2' })).toEqual(['address 1.1.1.2'])
  expect(named({ deviceId: 'f' })).toEqual(['device f'])
  expect(named({ locale: 'NY' })).toEqual(['user a'])
  expect(named({ deviceId: 'e', ip: '1.1.1.3' })).toEqual([])
})

test('logins of more values than are known at once are named as the others are', () => {
  const cache = new SightingCache(KEY)
  const logins = Array.from({ length: 10_000 }, (_, n) =>
    login('a', '1970-01-02T00:00:00Z', { appVersion: `1.${n}` }),
  )
  const sightings = missing(cache, logins)
  const users = (JSON.parse(sightings.json) as Sightings).filter(({ kind }) => kind === 'user')
  expect(users.map(({ values, ids }) => [values?.[1], ids.join()])).toEqual(
    logins.map(({ appVersion }) => [appVersion, 'a']),
  )
  cache.remember(sightings)
  expect(missing(cache, logins).entries).toBe(0)
})

test('partitions share what is committed, until Postgres is another one', () => {
  const shared = new SharedSightingCache(KEY)
  const logins = [login('a', '1970-01-02T00:00:00Z')]
  const before = shared.of('monday')
  before.remember(missing(before, logins))
  expect(missing(shared.of('monday'), logins).entries).toBe(0)
  expect(missing(shared.of('tuesday'), logins).entries).toBe(3)
})

test('ids of any script and length, with whatever JSON escapes, are named as they are', () => {
  const ids = [
    '"quoted"',
    'back\\slash',
    'tab\t',
    'é',
    '\u{1F600}',
    '__proto__',
    'x'.repeat(128),
    '\u{1F600}'.repeat(64),
  ]
  const days = Array.from({ length: 40 }, (_, n) => new Date(n * 86_400_000).toISOString())
  const logins = days.flatMap((day, n) => ids.map((id) => login(`${id}${n}`, day, { deviceId: id })))
  const cache = new SightingCache(KEY)
  const sightings = missing(cache, logins)
  const users = (JSON.parse(sightings.json) as Sightings).filter(({ kind }) => kind === 'user')
  expect(users.map(({ day, ids: of }) => [day, of])).toEqual(
    days.map((_, n) => [n, ids.map((id) => `${id}${n}`)]),
  )
  cache.remember(sightings)
  expect(missing(cache, logins).entries).toBe(0)
})

test('a batch of more sightings than it tells apart may name some twice, and leaves out none', () => {
  const logins = Array.from({ length: 30_000 }, (_, n) => login(`user ${n}`, '1970-01-02T00:00:00Z'))
  const sightings = missing(new SightingCache(KEY), [...logins, ...logins])
  const [users] = (JSON.parse(sightings.json) as Sightings).filter(({ kind }) => kind === 'user')
  expect(new Set(users?.ids)).toEqual(new Set(logins.map(({ userId }) => userId)))
})
