import { expect, test } from 'vitest'
import { engagementChanges, firstDays } from './engagement.ts'
import { dayOf, isoDay } from '../time/period.ts'
import type { SightingGroup } from '../sightings/sighting.ts'

const day = (iso: string) => dayOf(Date.parse(iso))
const group = (iso: string, ids: string[]): SightingGroup => ({
  kind: 'user',
  day: day(iso),
  values: null,
  ids,
})
const described = (chunks: ReturnType<typeof engagementChanges>['set']) =>
  chunks.map(({ name, bits }) => `${name.period} ${name.facet} ${isoDay(name.start)}: ${bits.join()}`)

test('the first day is the earliest of all groups of the kind', () => {
  const sightings = [group('2026-03-02', ['a', 'b']), group('2026-03-01', ['b'])]
  expect(firstDays(sightings, 'user')).toEqual(
    new Map([
      ['a', day('2026-03-02')],
      ['b', day('2026-03-01')],
    ]),
  )
  expect(firstDays(sightings, 'device').size).toBe(0)
})

test('a first day that moves back leaves its day, and only those longer periods that it leaves too', () => {
  const members = new Map([
    ['a', { number: 4, firstDay: day('2026-03-03'), firstDayBefore: day('2026-03-05') }],
  ])
  const { set, clear } = engagementChanges([group('2026-03-03', ['a'])], 'user', members)
  expect(described(clear)).toEqual(['day first 2026-03-05: 4'])
  expect(described(set)).toEqual([
    'day all 2026-03-03: 4',
    'day first 2026-03-03: 4',
    'month all 2026-03-01: 4',
    'month first 2026-03-01: 4',
    'week all 2026-03-02: 4',
    'week first 2026-03-02: 4',
  ])
})

test('somebody who was seen earlier already has no new first day', () => {
  const members = new Map([
    ['a', { number: 4, firstDay: day('2026-03-01'), firstDayBefore: day('2026-03-01') }],
  ])
  const { set, clear } = engagementChanges([group('2026-03-03', ['a'])], 'user', members)
  expect(described(set).filter((line) => line.includes('first'))).toEqual([])
  expect(clear).toEqual([])
})
