import { expect, it } from 'vitest'
import { coverBuckets, type HeldRows, unitsCut } from './cover-buckets.ts'
import type { TimeBucket } from '../time/bucket.ts'
import { createCalendar } from '../time/calendar.ts'

const ms = (text: string) => Date.parse(`${text}Z`)
const bucket = (from: string, to: string): TimeBucket => ({ fromMs: ms(from), toMs: ms(to) })

const minutesOfMonth = (start: number) => {
  const date = new Date(start)
  return (Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) - start) / 60_000
}

/** The minutes that the rows give for each bucket, and how often each. */
function minutesTaken(buckets: readonly TimeBucket[], held?: HeldRows): Map<number, Map<number, number>> {
  const taken = new Map(buckets.map((_, index) => [index, new Map<number, number>()]))
  for (const rows of coverBuckets(buckets, held)) {
    rows.starts.forEach((start, i) => {
      const slotMinutes = { minute: 1, quarter: 15, hour: 60, month: minutesOfMonth(start) }[rows.size]
      const take = (bucket: number, from: number, to: number) => {
        const minutes = taken.get(bucket)
        for (let minute = from * slotMinutes; minute < to * slotMinutes; minute++) {
          const at = start + minute * 60_000
          minutes?.set(at, (minutes.get(at) ?? 0) + 1)
        }
      }
      const bucket = rows.buckets[i] ?? NaN
      if (rows.kind === 'each') {
        take(bucket, rows.slots[i] ?? NaN, (rows.slots[i] ?? NaN) + 1)
      } else {
        take(bucket, rows.from, rows.to)
        take(bucket + 1, rows.to, rows.end)
      }
    })
  }
  return taken
}

const isExact = (buckets: readonly TimeBucket[], held?: HeldRows) => {
  const taken = minutesTaken(buckets, held)
  buckets.forEach(({ fromMs, toMs }, index) => {
    const minutes = [...(taken.get(index) ?? [])].sort(([a], [b]) => a - b)
    const expected = Array.from({ length: (toMs - fromMs) / 60_000 }, (_, i) => [fromMs + i * 60_000, 1])
    expect(minutes).toEqual(expected)
  })
}

it.each<[string, TimeBucket[]]>([
  ['a day of UTC', [bucket('2026-03-01T00:00', '2026-03-02T00:00')]],
  [
    'days of Berlin over the change to summer time',
    [
      bucket('2026-03-27T23:00', '2026-03-28T23:00'),
      bucket('2026-03-28T23:00', '2026-03-29T22:00'),
      bucket('2026-03-29T22:00', '2026-03-30T22:00'),
    ],
  ],
  [
    'days of Kolkata',
    [bucket('2026-03-01T18:30', '2026-03-02T18:30'), bucket('2026-03-02T18:30', '2026-03-03T18:30')],
  ],
  ['within one hour', [bucket('2026-03-01T10:07', '2026-03-01T10:09')]],
  [
    'three in an hour, and one after a hole',
    [
      bucket('2026-03-01T10:10', '2026-03-01T10:20'),
      bucket('2026-03-01T10:20', '2026-03-01T10:30'),
      bucket('2026-03-01T10:30', '2026-03-01T10:40'),
      bucket('2026-03-01T10:50', '2026-03-01T11:00'),
    ],
  ],
  ['over one whole hour', [bucket('2026-03-01T10:30', '2026-03-01T11:30')]],
  ['a month with ragged ends', [bucket('2026-03-01T10:07', '2026-04-03T02:59')]],
  [
    'minutes',
    Array.from({ length: 130 }, (_, i) => ({
      fromMs: ms('2026-03-01T22:55') + i * 60_000,
      toMs: ms('2026-03-01T22:56') + i * 60_000,
    })),
  ],
])(
  '%s: every minute of each bucket is taken once, and no other; those of the hours that are cut singly',
  (_, buckets) => {
    isExact(buckets)
    const minutes = coverBuckets(buckets).filter(({ size }) => size === 'minute')
    expect(new Set(unitsCut(buckets, 3_600_000))).toEqual(new Set(minutes.flatMap(({ starts }) => starts)))
  },
)

it.each<[string, TimeBucket[], number]>([
  ['a range with ragged ends', [bucket('2025-12-31T10:07', '2026-04-03T02:59')], 3],
  ['exactly one month', [bucket('2026-02-01T00:00', '2026-03-01T00:00')], 1],
  ['a minute less than a month', [bucket('2026-02-01T00:00', '2026-02-28T23:59')], 0],
  [
    'months of Berlin, which hold none of UTC',
    [
      bucket('2026-01-31T23:00', '2026-02-28T23:00'),
      bucket('2026-02-28T23:00', '2026-03-31T22:00'),
      bucket('2026-03-31T22:00', '2026-04-30T22:00'),
    ],
    0,
  ],
])('%s: whole months are taken as such where they have rows, and nothing twice', (_, buckets, whole) => {
  // April has no row.
  const months = ['2026-01', '2026-02', '2026-03'].map((month) => ms(`${month}-01T00:00`))
  const held = { months, minutesFromMs: -Infinity }
  isExact(buckets, held)
  const taken = coverBuckets(buckets, held).filter(({ size }) => size === 'month')
  expect(taken.flatMap(({ starts }) => starts)).toHaveLength(whole)
})

it('takes the days of a zone as a few spans, however many they are, and reads each row once', () => {
  const days = Array.from({ length: 300 }, (_, i) => ({
    fromMs: ms('2026-01-01T23:00') + i * 86_400_000,
    toMs: ms('2026-01-02T23:00') + i * 86_400_000,
  }))
  expect(coverBuckets(days).map(({ kind, size, starts }) => [kind, size, starts.length])).toEqual([
    // The hour before the first midnight of UTC, the UTC days that two days of the zone share, and the last
    // day.
    ['span', 'hour', 1],
    ['span', 'hour', 299],
    ['span', 'hour', 1],
  ])
})

const quarters = (from: string, to: string, count: number) => ({
  minutesFromMs: ms('2026-03-03T00:00'),
  buckets: Array.from({ length: count }, (_, i) => {
    const { fromMs, toMs } = bucket(from, to)
    return { fromMs: fromMs + i * (toMs - fromMs), toMs: toMs + i * (toMs - fromMs) }
  }),
})

it.each([
  ['days of Kolkata', quarters('2026-02-27T18:30', '2026-02-28T18:30', 6)],
  ['days of Kathmandu', quarters('2026-02-27T18:15', '2026-02-28T18:15', 6)],
  ['hours of Kathmandu', quarters('2026-02-27T18:15', '2026-02-27T19:15', 150)],
  ['quarters', quarters('2026-03-02T22:00', '2026-03-02T22:15', 20)],
  ['half hours over the first minute that is kept', quarters('2026-03-02T23:45', '2026-03-03T00:15', 1)],
])(
  '%s: what is cut within an hour is taken from quarters before the days that have minutes',
  (_, { buckets, minutesFromMs }) => {
    const held = { months: [], minutesFromMs }
    isExact(buckets, held)
    for (const { size, starts } of coverBuckets(buckets, held)) {
      if (size === 'minute') expect(Math.min(...starts)).toBeGreaterThanOrEqual(minutesFromMs)
      if (size === 'quarter') expect(Math.max(...starts)).toBeLessThan(minutesFromMs)
    }
  },
)

it('takes the days of Kolkata of a year as few spans, each row of quarters once', () => {
  const { buckets } = quarters('2025-01-01T18:30', '2025-01-02T18:30', 365)
  const taken = coverBuckets(buckets, { months: [], minutesFromMs: Infinity })
  expect(
    taken.filter(({ size }) => size === 'quarter').map(({ kind, starts }) => [kind, starts.length]),
  ).toEqual([
    ['span', 1],
    ['span', 364],
    ['span', 1],
  ])
})

it('days of a zone that is off the quarters are minutes, and refused where minutes are not held', () => {
  const days = createCalendar('Pacific/Kiritimati').buckets(
    'day',
    bucket('1979-09-29T10:40', '1979-10-03T10:00'),
    10,
  )
  expect(days.map(({ fromMs }) => new Date(fromMs).toISOString().slice(11, 16))).toEqual([
    ...['10:40', '10:40', '10:40', '10:00'],
  ])
  isExact(days)
  expect(() => coverBuckets(days, { months: [], minutesFromMs: Infinity })).toThrow(RangeError)
})

it('a bucket that cuts a quarter whose minutes are not held is refused', () => {
  const cut = [bucket('2026-03-01T10:00', '2026-03-01T10:20')]
  expect(() => coverBuckets(cut, { months: [], minutesFromMs: Infinity })).toThrow(RangeError)
  expect(unitsCut(cut, 900_000)).toEqual([ms('2026-03-01T10:15')])
})
