import { expect, it } from 'vitest'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { firstInOrder } from './first-in-order.ts'

it.each([
  [0, 5],
  [3, 5],
  [5, 5],
  [200, 1],
  [200, 7],
  [200, 0],
])('of %i numbers it finds the first %i, equal ones by another order', (count, most) => {
  const random = sfc32(count, most)
  for (let round = 0; round < 50; round++) {
    const values = Array.from({ length: count }, () => Math.floor(fraction(random) * 20))
    const compare = (a: number, b: number) => (values[a] ?? 0) - (values[b] ?? 0) || b - a
    const sorted = values.map((_, i) => i).sort(compare)
    expect(firstInOrder(count, most, compare)).toEqual(sorted.slice(0, most))
  }
})
