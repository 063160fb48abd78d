import { expect, it } from 'vitest'
import { loginColumns } from '../columns/columns-fixture.ts'
import { ArrivalCounts, delayClasses, latenessClasses, shareOf } from './arrival.ts'

const NOW_MS = Date.UTC(2026, 2, 1, 12)

const counted = (logins: [eventMs: number, recordedMs: number][], latestMs = -Infinity) => {
  const counts = new ArrivalCounts(NOW_MS, latestMs)
  const columns = loginColumns(logins.map(([eventTimeMs]) => ({ eventTimeMs })))
  logins.forEach(([, recordedMs], login) => {
    columns.recordedAt[login] = recordedMs
  })
  counts.add(columns)
  const named = (classes: readonly { name: string }[], numbers: number[]) =>
    Object.fromEntries(classes.flatMap(({ name }, i) => ((numbers[i] ?? 0) > 0 ? [[name, numbers[i]]] : [])))
  const { outOfOrder, lateness, delays } = counts.arrivals
  return {
    outOfOrder,
    lateness: named(latenessClasses, lateness),
    delays: named(delayClasses, delays),
    latestMs: counts.latestMs,
  }
}

it('puts a login into the class of its lateness, a bound belonging to the class below it', () => {
  const late = (ms: number): [number, number] => [NOW_MS - ms, NOW_MS]
  expect(
    counted([late(-1), late(0), late(10_000), late(10_001), late(86_400_000), late(86_400_001)]),
  ).toMatchObject({
    lateness: { ahead: 1, within_10_seconds: 2, within_1_minute: 1, within_1_day: 1, later: 1 },
  })
})

it('measures the delay from when Kafka had it to when it is counted; a clock behind the broker is no delay', () => {
  const recorded = (ms: number): [number, number] => [NOW_MS - 60_000, NOW_MS - ms]
  expect(counted([recorded(-5), recorded(100), recorded(101), recorded(7_200_000)])).toMatchObject({
    delays: { within_100_ms: 2, within_250_ms: 1, later: 1 },
  })
})

it('calls a login out of order whose event is before the latest one of its partition', () => {
  const at = (ms: number): [number, number] => [NOW_MS + ms, NOW_MS]
  expect(counted([at(-50), at(-60), at(-50), at(-40)], NOW_MS - 45)).toMatchObject({
    outOfOrder: 3,
    latestMs: NOW_MS - 40,
  })
})

it('lets a clock that is ahead put no others out of order', () => {
  expect(
    counted([
      [NOW_MS + 5_000, NOW_MS],
      [NOW_MS, NOW_MS],
    ]),
  ).toMatchObject({ outOfOrder: 0, latestMs: NOW_MS })
})

it('takes a record without a timestamp as recorded when it is counted', () => {
  expect(counted([[NOW_MS - 5_000, -1]])).toMatchObject({ lateness: { within_10_seconds: 1 } })
})

it('the share of a whole of 0 is 0', () => {
  expect([shareOf(1n, 4n), shareOf(0n, 0n)]).toEqual([0.25, 0])
})
