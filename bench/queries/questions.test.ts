import { Kind, parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../api/schema/schema.ts'
import { questions } from './questions.ts'

const size = { logins: 2_000_000, users: 300_000, days: 365 }

it.each(questions)(
  '"$name" is a question that the API takes, and has a name of its own',
  ({ name, query }) => {
    expect(validate(schema, parse(query))).toEqual([])
    expect(questions.filter((other) => other.name === name)).toHaveLength(1)
  },
)

it.each(questions)('"$name" gives a value to each variable that it needs', ({ query, variables }) => {
  const [definition] = parse(query).definitions
  const needed = definition?.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []) : []
  const required = needed
    .filter(({ type }) => type.kind === Kind.NON_NULL_TYPE)
    .map(({ variable }) => variable.name.value)
  const declared = needed.map(({ variable }) => variable.name.value)
  const given = Object.keys(variables(3, size))
  expect(given).toEqual(expect.arrayContaining(required))
  expect(declared).toEqual(expect.arrayContaining(given))
})
