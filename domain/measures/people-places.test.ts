import { expect, it } from 'vitest'
import { DAY_MS } from '../time/period.ts'
import type { PlaceInTime } from './people.ts'
import { peoplePlaces, type PlannedPeople } from './people-places.ts'
import { AnswerSpans } from './spans.ts'
import { createCalendar } from '../time/calendar.ts'

const DAYS = 10
const day = (i: number) => ({ fromMs: (100 + i) * DAY_MS, toMs: (101 + i) * DAY_MS })
const range = { fromMs: day(0).fromMs, toMs: day(DAYS).fromMs }
const spans = new AnswerSpans(
  {
    ...range,
    calendar: createCalendar('UTC'),
    bucket: 'day',
    buckets: Array.from({ length: DAYS }, (_, i) => day(i)),
  },
  [],
)
const placeOf = (span: PlaceInTime['span']): PlaceInTime => ({
  span,
  before: { fromMs: span.fromMs - DAY_MS, toMs: span.fromMs },
  hasBegun: true,
  daysBefore: (ms, days) => ms - days * DAY_MS,
})
const planned: PlannedPeople[] = [{ measure: { name: 'stickiness', days: 5 }, isByBucket: true }]
/** The range as a whole is a span, too; five days and all of them make up the stickiness of a span. */
const NEEDED = (DAYS + 1) * 6

it('has a place for each span, with what has to be counted for it', () => {
  const places = peoplePlaces(spans, planned, placeOf, NEEDED)
  expect(places).toHaveLength(DAYS + 1)
  expect(places?.[3]?.counts).toHaveLength(6)
})

it('looks at no more spans than have as many counts as there may be, even if several need the same ones', () => {
  let looked = 0
  const counting = (span: PlaceInTime['span']) => {
    looked++
    return placeOf(span)
  }
  expect(peoplePlaces(spans, planned, counting, NEEDED - 1)).toBeNull()
  looked = 0
  expect(peoplePlaces(spans, planned, counting, 12)).toBeNull()
  expect(looked).toBe(3)
})
