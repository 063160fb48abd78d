import { expect, it } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { bucketMs, type TimeBucket } from '../time/bucket.ts'
import { DAY_MS } from '../time/period.ts'
import { coverCells } from './cover-cells.ts'
import { cellOfDay, coverByDays, daysOfManyHours } from './cover-listed-days.ts'
import { numbersOfPieces } from './numbers-of-pieces.ts'

const random = sfc32(5, 8)
const next = (below: number) => Math.floor(fraction(random) * below)

/** Cells of three days that follow each other, with gaps. */
function someCells(): TimeBucket[] {
  const cuts = Array.from({ length: 2 + next(60) }, () => next(3 * 1_440)).sort((a, b) => a - b)
  const cells = cuts.map((cut, i) => ({
    fromMs: cut * bucketMs.minute,
    toMs: (cuts[i + 1] ?? cut) * bucketMs.minute,
  }))
  return cells.filter(({ fromMs, toMs }) => fromMs < toMs && next(5) > 0)
}

it('days, hours and parts of hours together have each minute of the cells once, in its cell', () => {
  for (let times = 0; times < 50; times++) {
    const cells = someCells()
    const cover = coverCells(cells, () => false)
    const found = new Map<number, number[]>()
    const add = (minute: number, cell: number) => found.set(minute, [...(found.get(minute) ?? []), cell])
    const { hours, parts, days } = coverByDays(cover, (day) => day === 1 || (day === 2 && times % 2 === 0))
    const whole = hours.map((hour) => ({ ...hour, from: 0, to: 60 }))
    for (const { startMs, cell, from, to } of [...whole, ...parts])
      for (let minute = from; minute < to; minute++) add(startMs / bucketMs.minute + minute, cell)
    for (const { day, pieces } of days)
      for (const { cell, from, to } of pieces)
        for (let minute = from; minute < to; minute++) add(day * 1_440 + minute, cell)
    const expected = new Map<number, number[]>()
    cells.forEach(({ fromMs, toMs }, cell) => {
      for (let ms = fromMs; ms < toMs; ms += bucketMs.minute) expected.set(ms / bucketMs.minute, [cell])
    })
    expect(new Map([...found].sort(([a], [b]) => a - b))).toEqual(expected)
    expect([...hours, ...parts].filter(({ startMs }) => Math.floor(startMs / DAY_MS) === 1)).toEqual([])
  }
})

it('a day lies in a cell only if all of it does', () => {
  const dayOf = (cells: TimeBucket[]) =>
    coverByDays(
      coverCells(cells, () => false),
      () => true,
    ).days.map(cellOfDay)
  expect(dayOf([{ fromMs: 0, toMs: DAY_MS }])).toEqual([0])
  expect(dayOf([{ fromMs: 0, toMs: DAY_MS - bucketMs.minute }])).toEqual([null])
  expect(
    dayOf([
      { fromMs: 0, toMs: bucketMs.hour },
      { fromMs: bucketMs.hour, toMs: 2 * DAY_MS },
    ]),
  ).toEqual([null, 1])
})

it('few hours of a day are read hour by hour', () => {
  const hours = (day: number, count: number) =>
    Array.from({ length: count }, (_, hour) => day * DAY_MS + hour * bucketMs.hour)
  expect(daysOfManyHours([...hours(3, 17), ...hours(3, 17), ...hours(4, 18)])).toEqual([4])
})

it('the numbers of a piece are those of the logins in its minutes, as often as they come', () => {
  const logins = Array.from({ length: 2 * 1_440 }, (_, i) => ({ minute: (i * 7) % 1_440, number: next(40) }))
  const pieces = [
    { cell: 7, from: 30, to: 90 },
    { cell: 8, from: 90, to: 91 },
    { cell: 7, from: 600, to: 1_440 },
  ]
  const found = numbersOfPieces(
    {
      hours: Uint8Array.from(logins, ({ minute }) => Math.floor(minute / 60)),
      minutes: Uint8Array.from(logins, ({ minute }) => minute % 60),
      numbers: Int32Array.from(logins, ({ number }) => number),
    },
    pieces,
  )
  expect(found.map((numbers) => [...numbers])).toEqual(
    pieces.map(({ from, to }) =>
      logins.filter(({ minute }) => minute >= from && minute < to).map(({ number }) => number),
    ),
  )
})
