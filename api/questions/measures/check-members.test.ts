import { expect, it } from 'vitest'
import { type AskedMembers, checkMembers, needsLists } from './check-members.ts'
import { planMeasures } from './plan-measures.ts'

const plain: AskedMembers = { groupBy: [], first: 10, isFiltered: false, past: [] }

function refusal(changes: Partial<AskedMembers>, path: string[]): string | null {
  const asked = { ...plain, ...changes }
  const plan = planMeasures([{ path, args: {} }], {
    ...{ groupBy: asked.groupBy, order: null, having: null, hasBuckets: false, past: asked.past },
  })
  try {
    checkMembers(asked, plan)
    return needsLists(asked, plan) ? 'lists' : null
  } catch (error) {
    return (error as { details: { argument: string } }).details.argument
  }
}

it.each<[string, Partial<AskedMembers>, string[], string | null]>([
  ['groups by users', { groupBy: ['locale', 'user'] }, ['groups', 'attempts'], 'lists'],
  ['a filter by users', { isFiltered: true }, ['total', 'attempts'], 'lists'],
  ['the total beside groups that are not selected', { groupBy: ['user'] }, ['total', 'attempts'], null],
  ['groups by values', { groupBy: ['locale'] }, ['groups', 'attempts'], null],
  [
    'hours of users that the filter names',
    { groupBy: ['hour_of_day'], isFiltered: true },
    ['groups'],
    'lists',
  ],
  ['users of a device that the filter names', { isFiltered: true }, ['total', 'users'], 'lists'],
  ['addresses by users', { groupBy: ['address'] }, ['groups', 'users'], 'lists'],
  ['users by the clock', { groupBy: ['user', 'weekday'] }, ['groups', 'attempts'], 'groupBy'],
  ['different users by the clock', { groupBy: ['weekday'], first: null }, ['groups', 'users'], 'lists'],
  ['the total beside groups by the clock', { groupBy: ['weekday'] }, ['total', 'users'], null],
  ['new users of each address', { groupBy: ['address'] }, ['groups', 'newUsers'], 'groupBy'],
  ['new users of a filter by users', { isFiltered: true }, ['total', 'newUsers'], 'filter'],
  ['all users', { groupBy: ['device'], first: null }, ['groups', 'attempts'], 'first'],
  ['users of the past', { groupBy: ['address'], past: ['asOf'] }, ['groups', 'attempts'], 'asOf'],
  ['a filter by users of the past', { isFiltered: true, past: ['asOf'] }, ['total', 'attempts'], 'asOf'],
])('%s', (_, changes, path, expected) => {
  expect(refusal(changes, path)).toBe(expected)
})

it('new users of the total are known beside groups by addresses', () => {
  const asked: AskedMembers = { ...plain, groupBy: ['address'] }
  const selected = [
    ['groups', 'attempts'],
    ['total', 'newUsers'],
  ].map((path) => ({ path, args: {} }))
  const plan = planMeasures(selected, {
    ...{ groupBy: asked.groupBy, order: null, having: null, hasBuckets: false, past: [] },
  })
  expect(needsLists(asked, plan)).toBe(true)
  expect(() => {
    checkMembers(asked, plan)
  }).not.toThrow()
})
