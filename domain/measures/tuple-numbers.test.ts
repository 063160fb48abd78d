import { expect, it } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { TupleNumbers } from './tuple-numbers.ts'

it.each([1, 2, 3])('tuples of %i have a number each, in order of their first occurrence', (length) => {
  const random = sfc32(length, 3)
  const next = (below: number) => Math.floor(fraction(random) * below)
  // Members have low numbers, and some are below 0; 7 million is beyond what tables may have places for together.
  const part = () => [next(40) * 107_374_182 - 2 ** 31, next(60) - 5, 7_000_000 + next(3)][next(3)] ?? 0
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
