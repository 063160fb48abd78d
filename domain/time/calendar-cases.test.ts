import { expect, test } from 'vitest'
import { type Calendar, type CalendarBucket, createCalendar, type Weekday } from './calendar.ts'
import type { TimeBucket } from './bucket.ts'
import { changeAfter, randomOf, referenceBuckets } from './calendar-fixture.ts'
import { seed } from '../../test/support/seed.ts'

const zones = Intl.supportedValuesOf('timeZone')
const sizes = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
  quarter: 91 * 86_400_000,
  year: 365 * 86_400_000,
}
const names = Object.keys(sizes) as CalendarBucket[]
const weekdays: Weekday[] = [1, 2, 3, 4, 5, 6, 7]
const [FIRST_MS, END_MS] = [Date.UTC(1900), Date.UTC(2100)]

const CASES = 2_000

/** Zones whose clocks went back over midnight. */
const overMidnight = [
  'America/St_Johns',
  'America/Goose_Bay',
  'Asia/Amman',
  'Atlantic/Azores',
  'America/Havana',
]

/**
 * Makes a range of up to 40 buckets and a moment in it. Most ranges are around a change of the clock, as
 * often to the minute as to the second, and half of the moments soon after the change.
 */
function randomCase(random: () => number) {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const isOverMidnight = random() < 0.2
  const [zone, bucket] = [pick(isOverMidnight ? overMidnight : zones), pick(names)]
  const weekStart = bucket === 'week' ? pick(weekdays) : 1
  const [firstMs, endMs] = isOverMidnight ? [Date.UTC(1985), Date.UTC(2011)] : [FIRST_MS, END_MS]
  const any = firstMs + Math.floor(random() * (endMs - firstMs))
  const change = random() < 0.8 ? changeAfter(zone, any) : null
  const grain = pick([60_000, 1_000])
  const lengthMs = Math.ceil(((random() * 39 + 1) * sizes[bucket]) / grain) * grain
  const fromMs = Math.floor(((change ?? any) - random() * lengthMs) / grain) * grain
  const soon = random() < 0.5 ? change : null
  const inside = soon === null ? fromMs + random() * lengthMs : soon + random() * sizes.hour
  const last = fromMs + lengthMs - 1
  return {
    zone,
    bucket,
    weekStart,
    range: { fromMs, toMs: last + 1 },
    inside: Math.min(last, Math.floor(inside)),
  }
}

const calendars = new Map<string, Calendar>()
function calendarOf(zone: string, weekStart: Weekday): Calendar {
  const key = `${zone} ${weekStart}`
  const calendar = calendars.get(key) ?? createCalendar(zone, weekStart)
  calendars.set(key, calendar)
  return calendar
}

test(`buckets of any range in any zone are those of Temporal (seed ${seed})`, () => {
  const random = randomOf(seed)
  for (let i = 0; i < CASES; i++) {
    const { zone, bucket, weekStart, range, inside } = randomCase(random)
    const reference = (within: TimeBucket) => referenceBuckets(zone, bucket, within, weekStart)
    const of = `${zone} ${bucket} ${weekStart} ${new Date(range.fromMs).toISOString()} ${new Date(range.toMs).toISOString()}`
    const calendar = calendarOf(zone, weekStart)
    const expected = reference(range)
    expect(calendar.buckets(bucket, range, 1_000), of).toEqual(expected)
    const cut = { ...range, fromMs: inside }
    expect(calendar.buckets(bucket, cut, 1_000), of).toEqual(reference(cut))
    const most = Math.floor(random() * expected.length)
    expect(calendar.buckets(bucket, range, most), of).toEqual(expected.slice(0, most))
    const whole = { fromMs: calendar.startOf(bucket, inside), toMs: calendar.endOf(bucket, inside) }
    expect(reference(whole), of).toEqual([whole])
    expect(whole.fromMs <= inside && inside < whole.toMs, of).toBe(true)
    expect(reference({ fromMs: whole.fromMs - 1, toMs: whole.toMs + 1 }), of).toHaveLength(3)
  }
})
