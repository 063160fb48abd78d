import { describe, expect, it } from 'vitest'
import type { GroupDimension } from './group-dimension.ts'
import { type ClockCell, readingOf, sumOf, type TallyGroup, TallyGroups } from './groups.ts'
import { addSeen, type Measure, nothing, shareOf } from './measure.ts'
import { nobody } from './people.ts'
import { type GroupOrder, rankGroups } from './rank.ts'

const HOUR = 3_600_000
/** Two hours in span 0, the second one in span 1, too. */
const cells: ClockCell[] = [
  { fromMs: 0, toMs: HOUR, spans: [0], clock: { weekday: 'SUNDAY', hour_of_day: '23' } },
  { fromMs: HOUR, toMs: 2 * HOUR, spans: [0, 1], clock: { weekday: 'MONDAY', hour_of_day: '00' } },
]

const counts = [
  { places: [0, 1], logins: [3, 4], device_type: 'iOS', locale: 'TX', outcome: 'success' },
  { places: [1], logins: [2], device_type: 'iOS', locale: 'RI', outcome: 'failure' },
  { places: [0, 1], logins: [5, -5], device_type: 'android', locale: 'TX', outcome: 'unknown' },
  { places: [0], logins: [0], device_type: 'unknown', locale: 'QQ', outcome: 'unknown' },
]

function grouped(groupBy: readonly GroupDimension[]): TallyGroup[] {
  const groups = new TallyGroups(groupBy)
  for (const one of counts) groups.add(cells, readingOf(one))
  return groups.all()
}

const shown = (groups: readonly TallyGroup[]) =>
  groups.map(({ values, tallies }) => [
    values.join(' '),
    ...[0, 1].map((span) => `${tallies.get(span)?.attempts ?? 0}/${tallies.get(span)?.failures ?? 0}`),
  ])

describe('groups', () => {
  it('add up attempts and failures by span, in the words of answers, without those that have nothing', () => {
    expect(shown(grouped(['device_type']))).toEqual([
      ['IOS', '9/2', '6/2'],
      ['ANDROID', '0/0', '-5/0'],
    ])
    expect(shown(grouped(['us_region', 'device_type']))).toEqual([
      ['SOUTH IOS', '7/0', '4/0'],
      ['NORTHEAST IOS', '2/2', '2/2'],
      ['SOUTH ANDROID', '0/0', '-5/0'],
    ])
    expect(shown(grouped([]))).toEqual([['', '9/2', '1/2']])
  })

  it('are also told apart by what the clock shows', () => {
    expect(shown(grouped(['hour_of_day', 'outcome']))).toEqual([
      ['23 SUCCESS', '3/0', '0/0'],
      ['00 SUCCESS', '4/0', '4/0'],
      ['00 FAILURE', '2/2', '2/2'],
      ['23 UNKNOWN', '5/0', '0/0'],
      ['00 UNKNOWN', '-5/0', '-5/0'],
    ])
  })

  it('keep the first and the last moment at which they were seen, also together', () => {
    const groups = new TallyGroups(['device_type'])
    for (const one of counts) groups.add(cells, readingOf(one))
    const seen = (device_type: string, firstSeenMs: number, lastSeenMs: number) => {
      groups.add(cells, {
        values: { device_type },
        cells: [1],
        addTo: (tally) => {
          addSeen(tally, firstSeenMs, lastSeenMs)
        },
      })
    }
    seen('iOS', HOUR + 5, HOUR + 7)
    seen('iOS', HOUR + 6, HOUR + 9)
    seen('android', HOUR + 1, HOUR + 2)
    expect(groups.all()[0]?.tallies.get(0)).toEqual({
      ...{ attempts: 9, failures: 2 },
      ...{ firstSeenMs: HOUR + 5, lastSeenMs: HOUR + 9, people: nobody, versions: null },
    })
    expect(sumOf(groups.all()).get(1)).toMatchObject({ firstSeenMs: HOUR + 1, lastSeenMs: HOUR + 9 })
  })
})

const group = (value: string, attempts: number, failures = 0): TallyGroup => ({
  values: [value],
  tallies: new Map([[0, { ...nothing, attempts, failures }]]),
})

describe('the order of groups', () => {
  const ranked = (dimension: GroupDimension, groups: TallyGroup[], order: GroupOrder | null) =>
    rankGroups(groups, [dimension], order, 0).map(({ values: [value] }) => value)

  it('is that of versions, weekdays and texts', () => {
    const versions = ['dev', '2.10.0', '2.9.0', '2.10.0-rc.1', '']
    expect(
      ranked(
        'app_version',
        versions.map((value) => group(value, 1)),
        null,
      ),
    ).toEqual([...['2.9.0', '2.10.0-rc.1', '2.10.0', '', 'dev']])
    const days = ['WEDNESDAY', 'SUNDAY', 'MONDAY']
    expect(
      ranked(
        'weekday',
        days.map((value) => group(value, 1)),
        null,
      ),
    ).toEqual(['MONDAY', 'WEDNESDAY', 'SUNDAY'])
  })

  it('is that of a measure, equal ones by their values, and those without a value last', () => {
    const groups = [group('NY', 4, 4), group('TX', 5, 1), group('CA', 4), group('RI', 0)]
    const by = (measure: Measure, direction: 'asc' | 'desc') =>
      ranked('locale', groups, { measure, direction })
    expect(by('logins', 'desc')).toEqual(['CA', 'TX', 'NY', 'RI'])
    expect(by('attempts', 'asc')).toEqual(['RI', 'CA', 'NY', 'TX'])
    expect(by('failure_rate', 'desc')).toEqual(['NY', 'TX', 'CA', 'RI'])
    expect(by('failure_rate', 'asc')).toEqual(['CA', 'TX', 'NY', 'RI'])
    expect(by('last_seen_at', 'asc')).toEqual(['CA', 'NY', 'RI', 'TX'])
  })
})

it('a share is part of a whole, and none of nothing', () => {
  const [part, whole] = [
    { ...nothing, attempts: 6, failures: 5 },
    { ...nothing, attempts: 10, failures: 5 },
  ]
  expect(shareOf('attempts', part, whole)).toBe(0.6)
  expect(shareOf('logins', part, whole)).toBe(0.2)
  expect(shareOf('failures', part, whole)).toBe(1)
  expect(shareOf('failures', nothing, nothing)).toBeNull()
})
