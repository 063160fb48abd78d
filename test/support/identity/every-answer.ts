import {
  getNamedType,
  type GraphQLField,
  isAbstractType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { schema } from '../../../api/schema/schema.ts'

/** Values for required arguments by their names, of what there is in a world. */
export type KnownArguments = Record<string, string>

/**
 * A question for every field that can be reached from every question, each once for its question, as the path to it
 * in words and the document without its operation.
 */
export const everyQuestion = (known: KnownArguments): { path: string; document: string }[] =>
  Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap((root) => {
    const reached = new Set<string>()
    return questionsOf(root, known, reached, [root.name])
  })

type Field = GraphQLField<unknown, unknown>
type Question = { path: string; document: string }

function questionsOf(field: Field, known: KnownArguments, reached: Set<string>, path: string[]): Question[] {
  const head = `${field.name}${argumentsOf(field, known)}`
  const type = getNamedType(field.type)
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : []
  if (types.length === 0) return [{ path: path.join('.'), document: head }]
  return types.flatMap((one) =>
    Object.values(one.getFields()).flatMap((inner) => {
      const place = `${one.name}.${inner.name}`
      if (reached.has(place)) return []
      reached.add(place)
      const deeper = questionsOf(inner, known, reached, [...path, inner.name])
      const select = (document: string) =>
        isInterfaceType(type) || isAbstractType(type) ? `... on ${one.name} { ${document} }` : document
      return deeper.map((question) => ({
        path: question.path,
        document: `${head} { ${select(question.document)} }`,
      }))
    }),
  )
}

function argumentsOf({ name, args }: Field, known: KnownArguments): string {
  const given = args.flatMap((arg) => {
    const value = known[`${name}.${arg.name}`] ?? known[arg.name]
    const isRequired = isNonNullType(arg.type) && arg.defaultValue === undefined
    if (value !== undefined) return [`${arg.name}: ${value}`]
    if (isRequired) throw new Error(`no value is known for ${name}(${arg.name})`)
    return []
  })
  return given.length === 0 ? '' : `(${given.join(', ')})`
}
