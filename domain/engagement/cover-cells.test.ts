import { expect, it } from 'vitest'
import { randomOf } from '../time/calendar-fixture.ts'
import { bucketMs, type TimeBucket } from '../time/bucket.ts'
import { DAY_MS } from '../time/period.ts'
import { coverCells } from './cover-cells.ts'

const MINUTE = bucketMs.minute

it.each([1, 2, 3, 4, 5])('every minute of each cell is covered once (seed %i)', (seed) => {
  const random = randomOf(seed)
  const edges = Array.from({ length: 9 }, () => {
    const minute = Math.floor(random() * 9 * 1440)
    return (random() < 0.3 ? Math.floor(minute / 1440) * 1440 : minute) * MINUTE
  }).sort((a, b) => a - b)
  const cells: TimeBucket[] = edges
    .slice(1)
    .map((toMs, i) => ({ fromMs: edges[i] ?? 0, toMs }))
    .filter(({ fromMs, toMs }) => fromMs < toMs && random() < 0.8)
  const { days, hours, parts, ranges } = coverCells(cells, ({ from }) => from % 2 === 0)
  const minutes: [number, number][] = [
    ...days.flatMap(({ from, to, cell }) => minutesOf({ fromMs: from * DAY_MS, toMs: to * DAY_MS }, cell)),
    ...hours.flatMap(({ startMs, cell }) =>
      minutesOf({ fromMs: startMs, toMs: startMs + 60 * MINUTE }, cell),
    ),
    ...parts.flatMap(({ startMs, from, to, cell }) =>
      minutesOf({ fromMs: startMs + from * MINUTE, toMs: startMs + to * MINUTE }, cell),
    ),
  ]
  const inOrder = (some: [number, number][]) => some.sort(([a], [b]) => a - b)
  expect(inOrder(minutes)).toEqual(cells.flatMap(minutesOf))
  const beside = minutes.length - days.reduce((sum, { from, to }) => sum + (to - from) * 1440, 0)
  expect(ranges.flatMap((range) => minutesOf(range, 0))).toHaveLength(beside)
  expect(ranges.every(({ fromMs }, i) => fromMs > (ranges[i - 1]?.toMs ?? -1))).toBe(true)
})

const minutesOf = ({ fromMs, toMs }: TimeBucket, cell: number): [number, number][] =>
  Array.from({ length: (toMs - fromMs) / MINUTE }, (_, i) => [fromMs + i * MINUTE, cell])
