import { expect, test } from 'vitest'
import { type CohortCell, cohortsOf, cohortsOfAllSpans } from './retention.ts'

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

const sizes = (cells: CohortCell[], isDivided: boolean, most = 100) =>
  cohortsOfAllSpans(cells, 3, { compareValues: byText, isDivided, most })?.map(
    ({ place, value, users, points }) => [
      place,
      value,
      users,
      points.map(({ place, users, share }) => [place, users, share]),
    ],
  )

test('with empty cohorts, each span has one, of zeros and without a share that is no number', () => {
  const zeros = (...places: number[]) => places.map((place) => [place, 0n, 0])
  expect(sizes([cell(1, 1, 2n), cell(1, 2, 1n)], false)).toEqual([
    [0, null, 0n, zeros(0, 1, 2)],
    [
      1,
      null,
      2n,
      [
        [1, 2n, 1],
        [2, 1n, 0.5],
      ],
    ],
    [2, null, 0n, zeros(2)],
  ])
  expect(sizes([], false)?.map(([place]) => place)).toEqual([0, 1, 2])
})

test('with empty cohorts, each value of one has one in each span, if all of them are few enough', () => {
  const cells = [cell(0, 0, 2n, 'b'), cell(2, 2, 1n, 'a')]
  expect(sizes(cells, true)?.map((cohort) => cohort.slice(0, 3))).toEqual([
    [0, 'a', 0n],
    [0, 'b', 2n],
    [1, 'a', 0n],
    [1, 'b', 0n],
    [2, 'a', 1n],
    [2, 'b', 0n],
  ])
  expect(sizes([], true)).toEqual([])
  expect(sizes(cells, true, 12)).toHaveLength(6)
  expect(sizes(cells, true, 11)).toBeUndefined()
})
