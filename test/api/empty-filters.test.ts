import { expect, test } from 'vitest'
import { useApi } from '../support/api/use-api.ts'

const { ask } = useApi(() => Promise.resolve())

const warningsOf = async (query: string) => {
  const { errors, extensions } = await ask(query)
  expect(errors).toBeUndefined()
  const { warnings = [] } = (extensions ?? {}) as {
    warnings?: { code: string; path: string[]; argument: string }[]
  }
  return warnings.map(({ code, path, argument }) => `${code} ${path.join('.')} ${argument}`)
}

test.each([
  ['measures(filter: {users: []}) { total { attempts } }', 'measures filter.users'],
  ['measures(filter: {outcome: {in: []}}) { total { attempts } }', 'measures filter.outcome'],
  ['attempts(filter: {eventIds: []}) { nodes { id } }', 'attempts filter.eventIds'],
  ['batches(filter: {statuses: []}) { nodes { id } }', 'batches filter.statuses'],
  [
    'batches(filter: {committedAt: {from: "2026-11-02", to: "2026-11-01"}}) { nodes { id } }',
    'batches filter.committedAt',
  ],
  ['controlEvents(filter: {commands: []}) { nodes { id } }', 'controlEvents filter.commands'],
])('a filter by which nothing matches is answered with one warning: %s', async (query, told) => {
  expect(await warningsOf(`{ ${query} }`)).toEqual([`EMPTY_FILTER ${told}`])
})
