import { expect, it } from 'vitest'
import { emptyFilters } from './empty-filters.ts'

const [early, late] = [new Date('2026-11-01T10:00:00Z'), new Date('2026-11-01T10:01:00Z')]
const argumentsOf = (filter: object | null) => emptyFilters({ filter }).map(({ argument }) => argument)

it.each([
  [{ users: [] }, ['filter.users']],
  [{ statuses: ['parked'], partitions: [] }, ['filter.partitions']],
  [{ committedAt: { from: early, to: early } }, ['filter.committedAt']],
  [{ committedAt: { from: { dateMs: early.getTime() }, to: early } }, ['filter.committedAt']],
])('a filter that matches nothing by itself is told: %j', (filter, told) => {
  expect(argumentsOf(filter)).toEqual(told)
})

it.each([
  null,
  {},
  { users: ['ann'], devices: null },
  { committedAt: { from: early, to: late } },
  { committedAt: { from: early } },
  { committedAt: { from: early, to: null } },
  // Conditions on values are told by who knows the values.
  { locale: { in: [], notIn: [] } },
  { error: '' },
])('and no other one: %j', (filter) => {
  expect(argumentsOf(filter)).toEqual([])
})
