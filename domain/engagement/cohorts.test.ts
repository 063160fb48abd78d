import { expect, test } from 'vitest'
import { cohortsOf } from './cohorts.ts'
import { dayOf } from '../time/period.ts'

const at = (day: string) => new Date(`${day}T00:00:00Z`)
const cell = (cohort: string, active: string, users: bigint, value: string | null = null) => ({
  cohort: at(cohort),
  value,
  active_in: at(active),
  users,
})
const starts = ['2026-01-01', '2026-02-01', '2026-03-01'].map((day) => dayOf(Date.parse(day)))

test('a period in which nobody of a cohort came is there with zero, periods before the cohort are not', () => {
  const cohorts = cohortsOf(
    [
      cell('2026-01-01', '2026-01-01', 4n),
      cell('2026-01-01', '2026-03-01', 1n),
      cell('2026-02-01', '2026-02-01', 2n),
    ],
    starts,
  )
  expect(cohorts).toEqual([
    {
      start: '2026-01-01',
      value: null,
      users: 4n,
      periods: [
        { offset: 0, users: 4n, share: 1 },
        { offset: 1, users: 0n, share: 0 },
        { offset: 2, users: 1n, share: 0.25 },
      ],
    },
    {
      start: '2026-02-01',
      value: null,
      users: 2n,
      periods: [
        { offset: 0, users: 2n, share: 1 },
        { offset: 1, users: 0n, share: 0 },
      ],
    },
  ])
})

test('cohorts of different values stay apart', () => {
  const cohorts = cohortsOf(
    [cell('2026-03-01', '2026-03-01', 1n, '1.0'), cell('2026-03-01', '2026-03-01', 2n, '2.0')],
    starts,
  )
  expect(cohorts.map(({ value, users }) => [value, users])).toEqual([
    ['1.0', 1n],
    ['2.0', 2n],
  ])
})
