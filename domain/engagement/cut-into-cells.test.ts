import { expect, it } from 'vitest'
import { randomOf } from '../time/calendar-fixture.ts'
import { cutIntoCells } from './cut-into-cells.ts'

it.each([1, 2, 3, 4, 5, 6])(
  'each moment of spans is in one cell, and each span is its cells (seed %i)',
  (seed) => {
    const random = randomOf(seed)
    const some = (count: number) =>
      Array.from({ length: count }, () => {
        const fromMs = Math.floor(random() * 60)
        return { fromMs, toMs: fromMs + 1 + Math.floor(random() * 9) }
      })
    const [spans, others] = [some(5), some(3)]
    const { cells, ranges } = cutIntoCells(spans, others)
    const isWithin = (all: typeof spans, ms: number) =>
      all.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
    for (let ms = 0; ms < 80; ms++) {
      const own = cells.filter(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
      expect(own.map(({ isInSpan }) => isInSpan)).toEqual(
        isWithin([...spans, ...others], ms) ? [isWithin(spans, ms)] : [],
      )
    }
    expect(
      ranges.map(({ from, to }) => ({ fromMs: cells[from]?.fromMs, toMs: cells[to - 1]?.toMs })),
    ).toEqual(spans)
    expect(cells.every(({ fromMs }, i) => fromMs >= (cells[i - 1]?.toMs ?? 0))).toBe(true)
  },
)
