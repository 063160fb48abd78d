import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../schema/schema.ts'
import { readsSets } from './reads-sets.ts'

const reads = (query: string, variableValues: Record<string, unknown> = {}, operationName?: string) =>
  readsSets({ schema, document: parse(query), variableValues, operationName })

it.each([
  '{ measures { total { users } } }',
  '{ measures { total { logins } groups { points { stickiness } } } }',
  'subscription { measures { total { newUsers } } }',
  '{ measures { ...M } } fragment M on Measures { other { ... on Measured { devices } } }',
  '{ measures(groupBy: [LOCALE], orderBy: {measure: USERS}) { groups { values } } }',
  '{ measures(groupBy: [LOCALE]) { groups { share(measure: ADDRESSES) } } }',
  '{ measures(bucket: DAY) { total { peak(measure: NEW_USERS) { logins } } } }',
  '{ measures(groupBy: [USER]) { groups { node { id } } } }',
  '{ retention { cohorts { start } } }',
  '{ user(userId: "ann") { id } }',
])('finds what is answered from sets: %s', (query) => {
  expect(reads(query)).toBe(true)
})

it.each([
  '{ measures { total { logins failureRate firstSeenAt } freshness { lag } } }',
  '{ measures(groupBy: [LOCALE], orderBy: {measure: FAILURES}) { groups { share series(measure: ATTEMPTS) } } }',
  '{ measures(groupBy: [USER]) { groups { values logins } } }',
  '{ attempts(filter: {users: ["ann"]}) { nodes { userId } } }',
  '{ arrivals { freshness { lag } } ingestion { problems { message } } __typename }',
])('counts and rows need none: %s', (query) => {
  expect(reads(query)).toBe(false)
})

it('goes by the operation that is run, its variables and its directives', () => {
  const ordered =
    'query ($by: MeasureOrder) { measures(groupBy: [LOCALE], orderBy: $by) { groups { logins } } }'
  expect(reads(ordered, { by: { measure: 'USERS' } })).toBe(true)
  expect(reads(ordered, { by: { measure: 'LOGINS' } })).toBe(false)
  expect(reads(ordered)).toBe(false)
  const included = 'query ($people: Boolean!) { measures { total { logins users @include(if: $people) } } }'
  expect(reads(included, { people: true })).toBe(true)
  expect(reads(included, { people: false })).toBe(false)
  const two =
    'query A { measures { total { logins } } } query B { measures { total { ...P } } } fragment P on Measured { users }'
  expect(reads(two, {}, 'A')).toBe(false)
  expect(reads(two, {}, 'B')).toBe(true)
  expect(reads(two)).toBe(false)
})

it('visits each fragment once, so that fragments which double take no longer than others', () => {
  const doubling = Array.from(
    { length: 100 },
    (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`,
  )
  expect(reads(`{ ...F0 } ${doubling.join(' ')} fragment F100 on Query { retention { bucket } }`)).toBe(true)
})
