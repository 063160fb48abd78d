import { expect, it } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { TupleNumbers } from './tuple-numbers.ts'

it.each([1, 2, 3])('tuples of %i have a number each, in order of their first occurrence', (length) => {
  const random = sfc32(length, 3)
  const next = (below: number) => Math.floor(fraction(random) * below)
  // Members have low numbers, and some are below 0; 7 million is beyond what tables may have places for together.
  const part = () =>
    [next(40) * 107_374_182 - 2 ** 31, next(60) - 5, next(3_000), 7_000_000 + next(3)][next(4)] ?? 0
  const [tuples, known] = [new TupleNumbers(length), new Map<string, number>()]
  for (let i = 0; i < 5_000; i++) {
    const parts = Int32Array.from({ length }, part)
    const key = parts.join()
    expect(tuples.find(parts)).toBe(known.get(key) ?? -1)
    if (!known.has(key)) known.set(key, known.size)
    expect(tuples.numberOf(parts)).toBe(known.get(key))
    expect(tuples.partsOf(known.get(key) ?? -1)).toEqual(parts)
  }
  expect(tuples.size).toBe(known.size)
})

it.each([1, 2, 3])(
  'tuples of %i that come in columns have the numbers that they have one by one',
  (length) => {
    const random = sfc32(length, 4)
    const [alone, inColumns] = [new TupleNumbers(length), new TupleNumbers(length)]
    for (let times = 0; times < 40; times++) {
      const [first, count] = [times % 3, Math.floor(fraction(random) * 60)]
      const columns = Array.from({ length: length - 1 }, () =>
        Int32Array.from({ length: count }, () => Math.floor(fraction(random) * 90) - 3),
      )
      const found = new Int32Array(count + 2)
      inColumns.numberAll(first, columns, count, found, 1)
      const expected = Array.from({ length: count }, (_, i) =>
        alone.numberOf([first, ...columns.map((column) => column[i] ?? 0)]),
      )
      expect([...found]).toEqual([0, ...expected, 0])
    }
    expect(inColumns.size).toBe(alone.size)
  },
)
