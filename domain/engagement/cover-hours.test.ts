import { expect, test } from 'vitest'
import { coverHours } from './cover-hours.ts'

const HOUR_MS = 3_600_000
const at = (hour: number, minute = 0) => hour * HOUR_MS + minute * 60_000

test('hours that are whole and the minutes beside them are the ranges', () => {
  expect(coverHours([{ fromMs: at(1, 30), toMs: at(4, 15) }])).toEqual({
    whole: [at(2), at(3)],
    parts: [
      { startMs: at(1), from: 30, to: 60 },
      { startMs: at(4), from: 0, to: 15 },
    ],
  })
  expect(
    coverHours([
      { fromMs: at(5), toMs: at(6) },
      { fromMs: at(7, 1), toMs: at(7, 2) },
    ]),
  ).toEqual({
    whole: [at(5)],
    parts: [{ startMs: at(7), from: 1, to: 2 }],
  })
  expect(coverHours([{ fromMs: at(5), toMs: at(5) }])).toEqual({ whole: [], parts: [] })
})
