import { readFile } from 'node:fs/promises'
import {
  getNamedType,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
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

it('a question that fails leaves the others of its request answered', () => {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {})
  const sameAsNamed = fields.filter(({ type }) => type === getNamedType(type)).map(({ name }) => name)
  expect(sameAsNamed).toEqual(fields.map(({ name }) => name))
})
