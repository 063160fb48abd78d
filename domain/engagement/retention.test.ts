import { expect, test } from 'vitest'
import { type CohortCell, cohortsOf } from './retention.ts'

const cell = (cohort: number, activeIn: number, users: bigint, value: string | null = null): CohortCell => ({
  ...{ cohort, activeIn, users, value },
})
const byText = (a: string, b: string) => (a < b ? -1 : 1)

test('a span in which nobody of a cohort came is there with zero, spans before the cohort are not', () => {
  expect(cohortsOf([cell(1, 1, 2n), cell(0, 2, 1n), cell(0, 0, 4n)], 3, byText)).toEqual([
    {
      ...{ place: 0, value: null, users: 4n },
      points: [
        { place: 0, users: 4n, share: 1 },
        { place: 1, users: 0n, share: 0 },
        { place: 2, users: 1n, share: 0.25 },
      ],
    },
    {
      ...{ place: 1, value: null, users: 2n },
      points: [
        { place: 1, users: 2n, share: 1 },
        { place: 2, users: 0n, share: 0 },
      ],
    },
  ])
})

test('cohorts of different values stay apart, in order of time and value', () => {
  const cells = [cell(1, 1, 1n, '1.0'), cell(0, 0, 2n, '2.0'), cell(0, 0, 3n, '1.0')]
  const cohorts = cohortsOf(cells, 2, byText)
  expect(cohorts.map(({ place, value, users }) => [place, value, users])).toEqual([
    [0, '1.0', 3n],
    [0, '2.0', 2n],
    [1, '1.0', 1n],
  ])
})
