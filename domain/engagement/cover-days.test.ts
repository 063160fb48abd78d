import { expect, it } from 'vitest'
import { randomOf } from '../time/calendar-fixture.ts'
import type { TimeBucket } from '../time/bucket.ts'
import { DAY_MS, dayOf } from '../time/period.ts'
import { cutsOf, dayBefore, daysAndEdges, firstDaysOf } from './cover-days.ts'

const QUARTER_MS = 900_000
const DAYS = 5
const random = randomOf(5)
const next = (below: number) => Math.floor(random() * below)

/** Often on midnights, and often within a day. */
function randomSpan(): TimeBucket {
  const from = next(3) === 0 ? next(DAYS) * 96 : next(DAYS * 96)
  const to = next(3) === 0 ? (Math.floor(from / 96) + 1 + next(2)) * 96 : from + 1 + next(2 * 96)
  return { fromMs: from * QUARTER_MS, toMs: to * QUARTER_MS }
}
const isIn = (ms: number, { fromMs, toMs }: TimeBucket) => ms >= fromMs && ms < toMs

const moments = Array.from({ length: (DAYS + 3) * 96 }, (_, quarter) => quarter * QUARTER_MS)

it('whole days and edges are the span, each moment of it once', () => {
  for (let round = 0; round < 2_000; round++) {
    const span = randomSpan()
    const { days, edges } = daysAndEdges(span)
    const pieces = [...edges, { fromMs: days.from * DAY_MS, toMs: days.to * DAY_MS }]
    const times = (ms: number) => pieces.filter((piece) => isIn(ms, piece)).length
    expect(moments.filter((ms) => times(ms) !== (isIn(ms, span) ? 1 : 0))).toEqual([])
    for (const { fromMs, toMs } of edges) expect(dayOf(toMs - 1)).toBe(dayOf(fromMs))
  }
})

it('who was first seen in a span follows from first days and from who was active earlier on days that it cuts', () => {
  for (let round = 0; round < 2_000; round++) {
    const span = randomSpan()
    const active = Array.from({ length: 1 + next(4) }, () => next((DAYS + 3) * 96) * QUARTER_MS)
    const first = Math.min(...active)
    const isFirstDay = (from: number, to: number) => dayOf(first) >= from && dayOf(first) < to
    const cameBefore = (ms: number) =>
      isFirstDay(dayOf(ms), dayOf(ms) + 1) && active.some((at) => isIn(at, dayBefore(ms)))
    const { from, to } = firstDaysOf(span)
    const isNew = (isFirstDay(from, to) || cameBefore(span.toMs)) && !cameBefore(span.fromMs)
    expect(isNew).toBe(isIn(first, span))
  }
})

it('a span cuts days where it begins or ends between midnights', () => {
  expect(cutsOf({ fromMs: DAY_MS, toMs: 3 * DAY_MS })).toEqual([])
  expect(cutsOf({ fromMs: DAY_MS + 1, toMs: 3 * DAY_MS })).toEqual([DAY_MS + 1])
  expect(cutsOf({ fromMs: 0, toMs: 3 * DAY_MS - 1 })).toEqual([3 * DAY_MS - 1])
})
