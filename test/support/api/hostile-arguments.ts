import { getNamedType, type GraphQLArgument, type GraphQLField, isObjectType } from 'graphql'
import { schema } from '../../../api/schema/schema.ts'
import { leavesOf, soundOf } from './hostile-values.ts'

/** One operation that is sound but for one argument. */
export type Hostile = {
  field: string
  isCommand: boolean
  /** The argument as the asker writes it, such as filter.error. */
  path: string
  /** The hostile value, or the first of a list of many. */
  leaf: unknown
  /** The hostile value, cut, for messages. */
  said: string
  query: string
  variables: Record<string, unknown>
}

/** Every argument and input field of every field, with every hostile value of its type. */
export function hostileOperations(): Hostile[] {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}).flatMap((field) => [
      ...operationsOf(field, root === schema.getMutationType()),
      ...rangesOf(field),
      ...nestedOperationsOf(field),
    ]),
  )
}

const operationsOf = (field: GraphQLField<unknown, unknown>, isCommand: boolean): Hostile[] =>
  field.args.flatMap((argument) =>
    leavesOf(argument, [argument.name]).map(({ path, value, leaf }) => {
      const variables = { ...soundOf(field.args), [argument.name]: value }
      const { declared, given } = written(field.args, variables)
      const word = isCommand ? 'mutation' : 'query'
      return {
        field: field.name,
        isCommand,
        path: path.join('.'),
        leaf,
        said: JSON.stringify(leaf).slice(0, 60),
        query: `${word} (${declared}) { ${field.name}(${given}) { __typename } }`,
        variables,
      }
    }),
  )

/** Of a question about a range: one at either end of time, and one that is all of it. */
function rangesOf(field: GraphQLField<unknown, unknown>): Hostile[] {
  const isRange = ['from', 'to'].every((name) => field.args.some((argument) => argument.name === name))
  if (!isRange) return []
  return [
    ['0001-01-01T00:00:00Z', '0001-01-08T00:00:00Z'],
    ['9999-12-25T00:00:00Z', '9999-12-31T23:45:00Z'],
    ['0001-01-01T00:00:00Z', '9999-12-31T23:45:00Z'],
    ['9999-12-31T23:45:00Z', '0001-01-01T00:00:00Z'],
  ].map(([from, to]) => {
    const variables = { ...soundOf(field.args), from, to }
    const { declared, given } = written(field.args, variables)
    return {
      field: field.name,
      isCommand: false,
      path: 'from',
      leaf: [from, to],
      said: `${from}, to: ${to}`,
      query: `query (${declared}) { ${field.name}(${given}) { __typename } }`,
      variables,
    }
  })
}

/** Of fields with arguments below a field that is found by its id. */
function nestedOperationsOf(field: GraphQLField<unknown, unknown>): Hostile[] {
  const type = getNamedType(field.type)
  if (!isObjectType(type) || !['batch', 'user', 'device', 'address'].includes(field.name)) return []
  const own = soundOf(field.args)
  return Object.values(type.getFields()).flatMap((inner) =>
    inner.args.flatMap((argument) =>
      leavesOf(argument, [argument.name]).map(({ path, value, leaf }) => {
        const args = { ...soundOf(inner.args), [argument.name]: value }
        const outer = written(field.args, {
          ...own,
          ...(field.name === 'address' ? { ip: '192.0.2.1' } : {}),
        })
        const { declared, given } = written(inner.args, args, 'inner_')
        const selection = isObjectType(getNamedType(inner.type))
        return {
          field: `${field.name}.${inner.name}`,
          isCommand: false,
          path: path.join('.'),
          leaf,
          said: JSON.stringify(leaf).slice(0, 60),
          query: `query (${outer.declared} ${declared}) { ${field.name}(${outer.given}) { ${inner.name}(${given}) ${selection ? '{ __typename }' : ''} } }`,
          variables: {
            ...own,
            ...(field.name === 'address' ? { ip: '192.0.2.1' } : {}),
            ...Object.fromEntries(Object.entries(args).map(([name, one]) => [`inner_${name}`, one])),
          },
        }
      }),
    ),
  )
}

function written(args: readonly GraphQLArgument[], variables: Record<string, unknown>, prefix = '') {
  const used = args.filter(({ name }) => name in variables)
  return {
    declared: used.map(({ name, type }) => `$${prefix}${name}: ${String(type)}`).join(' '),
    given: used.map(({ name }) => `${name}: $${prefix}${name}`).join(' '),
  }
}
