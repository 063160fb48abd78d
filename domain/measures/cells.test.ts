import { expect, it } from 'vitest'
import { randomOf } from '../time/calendar-fixture.ts'
import { cellsOf } from './cells.ts'
import { seed } from '../../test/support/seed.ts'

it('cells end where a span begins or ends, and know all spans that they lie in', () => {
  const spans = [
    { number: 7, span: { fromMs: 0, toMs: 30 } },
    { number: 8, span: { fromMs: 10, toMs: 20 } },
    { number: 9, span: { fromMs: 10, toMs: 20 } },
    { number: 10, span: { fromMs: 40, toMs: 50 } },
    { number: 11, span: { fromMs: 45, toMs: 45 } },
  ]
  expect(cellsOf(spans, [5, 35])).toEqual([
    { fromMs: 0, toMs: 5, spans: [7] },
    { fromMs: 5, toMs: 10, spans: [7] },
    { fromMs: 10, toMs: 20, spans: [7, 8, 9] },
    { fromMs: 20, toMs: 30, spans: [7] },
    { fromMs: 40, toMs: 50, spans: [10] },
  ])
})

it(`every moment of any spans is in one cell, which has exactly the spans of the moment (seed ${seed})`, () => {
  const random = randomOf(seed)
  for (let i = 0; i < 500; i++) {
    const spans = Array.from({ length: Math.floor(random() * 12) }, (_, number) => {
      const fromMs = Math.floor(random() * 40)
      return { number, span: { fromMs, toMs: fromMs + Math.floor(random() * 20) } }
    })
    const cells = cellsOf(spans, [Math.floor(random() * 60)])
    for (let ms = -1; ms < 62; ms++) {
      const expected = spans
        .filter(({ span }) => span.fromMs <= ms && ms < span.toMs)
        .map(({ number }) => number)
      const found = cells.filter(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
      expect(found.length).toBe(expected.length > 0 ? 1 : 0)
      expect(found.flatMap((cell) => [...cell.spans]).sort()).toEqual(expected.sort())
    }
    expect(cells.every(({ toMs }, place) => toMs <= (cells[place + 1]?.fromMs ?? Infinity))).toBe(true)
  }
})
