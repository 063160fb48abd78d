import { readFile } from 'node:fs/promises'
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  parseValue,
  validate,
  valueFromAST,
} from 'graphql'
import { expect, it } from 'vitest'
import { printedSchema } from './printed-schema.ts'
import { schema } from './schema.ts'

it('schema.graphql is what the code says (npm run schema writes it)', async () => {
  const file = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8')
  expect(file).toBe(printedSchema())
})

it('everything in the schema is described: types, fields, arguments and enum values', () => {
  const undescribed = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap((type) => [...describedParts(type)])
    .filter(([, description]) => (description ?? '').trim() === '')
    .map(([name]) => name)
  expect(undescribed).toEqual([])
})

function* describedParts(
  type: GraphQLNamedType,
): Generator<[name: string, description: string | null | undefined]> {
  yield [type.name, type.description]
  if (isEnumType(type)) {
    for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description]
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields()))
      yield [`${type.name}.${field.name}`, field.description]
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return
  for (const field of Object.values(type.getFields())) {
    yield [`${type.name}.${field.name}`, field.description]
    for (const arg of field.args) yield [`${type.name}.${field.name}(${arg.name})`, arg.description]
  }
}

it('the examples of descriptions are what they are examples of', () => {
  const examples = Object.values(schema.getTypeMap()).flatMap((type) => [...examplesOf(type)])
  expect(examples.length).toBeGreaterThan(20)
  for (const { place, text, problem } of examples) expect(problem(text), `${place}: ${text}`).toBeNull()
})

type Example = { place: string; text: string; problem: (text: string) => string | null }

/** The texts behind "Example: " at the end of descriptions, and how to find out whether they are one. */
function* examplesOf(type: GraphQLNamedType): Generator<Example> {
  if (isInputObjectType(type)) {
    yield* exampleOf(type.name, type.description, asValue(type))
    for (const { name, description, type: of } of Object.values(type.getFields()))
      yield* exampleOf(`${type.name}.${name}`, description, asValue(of))
  }
  if (!isObjectType(type)) return
  for (const field of Object.values(type.getFields())) {
    yield* exampleOf(`${type.name}.${field.name}`, field.description, asQuestion)
    for (const { name, description, type: of } of field.args)
      yield* exampleOf(`${type.name}.${field.name}(${name})`, description, asValue(of))
  }
}

function* exampleOf(
  place: string,
  description: string | null | undefined,
  problem: Example['problem'],
): Generator<Example> {
  const text = /Example: (?<text>.+)\.$/.exec(description ?? '')?.groups?.['text']
  if (text !== undefined) yield { place, text, problem }
}

const asValue = (type: GraphQLInputType) => (text: string) =>
  valueFromAST(parseValue(text), type) === undefined ? `no ${type.toString()}` : null

const asQuestion = (text: string) => validate(schema, parse(`{ ${text} }`))[0]?.message ?? null

it('every connection has nodes and how many there are in all', () => {
  const connections = Object.values(schema.getTypeMap()).filter(({ name }) => name.endsWith('Connection'))
  expect(connections.length).toBeGreaterThan(5)
  for (const type of connections)
    expect(isObjectType(type) && Object.keys(type.getFields()), type.name).toEqual(
      expect.arrayContaining(['edges', 'nodes', 'pageInfo', 'totalCount']),
    )
})

it('a question or a command that fails leaves the others of its request answered', () => {
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}),
  )
  expect(fields.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual([])
})
