import { expect, test } from 'vitest'
import { engagementChanges, firstDays, type Member } from './engagement.ts'
import { dayOf, isoDay } from '../time/period.ts'
import type { AttemptHalf } from '../sightings/attempts.ts'
import type { SightingGroup } from '../sightings/sighting.ts'

const day = (iso: string) => dayOf(Date.parse(iso))
const group = (iso: string, ids: string[], attempts: AttemptHalf = 'logins'): SightingGroup => ({
  kind: 'user',
  day: day(iso),
  attempts,
  values: null,
  ids,
})
const first = (logins: string | null, failures: string | null = null) => ({
  logins: logins === null ? null : day(logins),
  failures: failures === null ? null : day(failures),
})
const member = (after: Member['first'], before: Member['first'] | null): ReadonlyMap<string, Member> =>
  new Map([['a', { number: 4, first: after, firstBefore: before }]])
const described = (chunks: ReturnType<typeof engagementChanges>['set']) =>
  chunks.map(
    ({ name, bits }) => `${name.period} ${name.facet} ${name.attempts} ${isoDay(name.start)}: ${bits.join()}`,
  )
const ofFirst = (lines: string[]) => lines.filter((line) => line.startsWith('day first'))

test('the first days are the earliest of all groups of the kind, of logins and of failures', () => {
  const sightings = [
    group('2026-03-02', ['a', 'b']),
    group('2026-03-01', ['b']),
    group('2026-02-28', ['b', 'c'], 'failures'),
  ]
  expect(firstDays(sightings, 'user')).toEqual(
    new Map([
      ['a', first('2026-03-02')],
      ['b', first('2026-03-01', '2026-02-28')],
      ['c', first(null, '2026-02-28')],
    ]),
  )
  expect(firstDays(sightings, 'device').size).toBe(0)
})

test('a first day that moves back leaves its day, and only those longer periods that it leaves too', () => {
  const members = member(first('2026-03-03'), first('2026-03-05'))
  const { set, clear } = engagementChanges([group('2026-03-03', ['a'])], 'user', members)
  expect(described(clear)).toEqual(['day first all 2026-03-05: 4', 'day first logins 2026-03-05: 4'])
  expect(described(set)).toEqual([
    'day all logins 2026-03-03: 4',
    'day first all 2026-03-03: 4',
    'day first logins 2026-03-03: 4',
    'month all logins 2026-03-01: 4',
    'month first all 2026-03-01: 4',
    'month first logins 2026-03-01: 4',
    'week all logins 2026-03-02: 4',
    'week first all 2026-03-02: 4',
    'week first logins 2026-03-02: 4',
  ])
})

test('somebody who was seen earlier already has no new first day', () => {
  const members = member(first('2026-03-01'), first('2026-03-01'))
  const { set, clear } = engagementChanges([group('2026-03-03', ['a'])], 'user', members)
  expect(described(set).filter((line) => line.includes('first'))).toEqual([])
  expect(clear).toEqual([])
})

test('somebody who failed first is new among the logins on the day of the first login', () => {
  const members = member(first('2026-03-03', '2026-03-01'), first(null, '2026-03-01'))
  const { set, clear } = engagementChanges([group('2026-03-03', ['a'])], 'user', members)
  expect(ofFirst(described(set))).toEqual(['day first logins 2026-03-03: 4'])
  expect(clear).toEqual([])
})

test('a failure that comes late moves the first day of all attempts, and that of no login', () => {
  const members = member(first('2026-03-03', '2026-03-01'), first('2026-03-03'))
  const { set, clear } = engagementChanges([group('2026-03-01', ['a'], 'failures')], 'user', members)
  expect(ofFirst(described(set))).toEqual(['day first all 2026-03-01: 4', 'day first failures 2026-03-01: 4'])
  expect(described(clear)).toEqual(['day first all 2026-03-03: 4', 'week first all 2026-03-02: 4'])
})
