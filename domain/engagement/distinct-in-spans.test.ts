import { describe, expect, it } from 'vitest'
import { randomOf } from '../time/calendar-fixture.ts'
import { type CellRange, DistinctInSpans } from './distinct-in-spans.ts'

/** More than a sum takes one by one. */
const CELLS = 400
const MEMBERS = 40

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('with seed %i', (seed) => {
  const random = randomOf(seed)
  const below = (most: number) => Math.floor(random() * most)
  const spans = Array.from({ length: 30 }, (): CellRange => {
    const [a, b] = [below(CELLS), below(CELLS)]
    return { from: Math.min(a, b), to: Math.max(a, b) + below(2) }
  })
  const someActivity = () =>
    Array.from({ length: CELLS }, () => [
      Int32Array.from({ length: below(3) }, () => below(MEMBERS)),
      Int32Array.from({ length: below(3) }, () => below(MEMBERS)),
    ])

  it('members of overlapping spans are counted once in each, and those of one group are not of another', () => {
    const counter = new DistinctInSpans(spans, MEMBERS)
    for (let group = 0; group < 5; group++) {
      const activity = someActivity()
      const expected = spans.map(
        ({ from, to }) =>
          new Set(activity.slice(from, to).flatMap((pieces) => pieces.flatMap((some) => [...some]))).size,
      )
      expect(counter.count((cell) => activity[cell] ?? [])).toEqual(expected)
    }
  })

  it('new members of a span are those whose first activity of all is in it', () => {
    const counter = new DistinctInSpans(spans, MEMBERS)
    const firstCells = Int32Array.from({ length: MEMBERS }, () => below(CELLS + 3) - 3)
    for (let group = 0; group < 5; group++) {
      const activity = someActivity().map((pieces, cell) =>
        pieces.map((numbers) => numbers.filter((number) => (firstCells[number] ?? 0) <= cell)),
      )
      const expected = spans.map(({ from, to }) => {
        const active = activity.slice(from, to).flatMap((pieces) => pieces.flatMap((some) => [...some]))
        return new Set(active.filter((number) => (firstCells[number] ?? 0) >= from)).size
      })
      expect(counter.countNew((cell) => activity[cell] ?? [], firstCells)).toEqual(expected)
    }
  })
})
