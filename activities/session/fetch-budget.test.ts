import { expect, test } from 'vitest'
import { FetchBudget } from './fetch-budget.ts'

const slices = Array.from({ length: 100 }, (_, partition) => ({ partition }))

test('slices that read share the bytes evenly, however many they are', () => {
  const budget = new FetchBudget(1_000, 2)
  for (const slice of slices) budget.share(slice, true)
  expect(slices.map((slice) => budget.share(slice, true))).toEqual(slices.map(() => 10))
})

test('who finds nothing, or has ended, leaves its share to the others', () => {
  const budget = new FetchBudget(1_000, 2)
  const [first = {}, second = {}, third = {}] = slices
  for (const slice of [first, second, third]) budget.share(slice, true)
  expect(budget.share(second, false)).toBe(2)
  budget.leave(third)
  expect(budget.share(first, true)).toBe(1_000)
})

test('nobody gets less than the least', () => {
  const budget = new FetchBudget(100, 8)
  for (const slice of slices) budget.share(slice, true)
  expect(budget.share(slices[0] ?? {}, true)).toBe(8)
})
