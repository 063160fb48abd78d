import {
  type GraphQLArgument,
  type GraphQLField,
  getNamedType,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { PseudonymKind } from '../context/masks.ts'
import type { About, Needs } from '../context/permission.ts'

/**
 * An argument, or a value of an enum in one, by which persons are asked for.
 * @property argument where it is, such as filter.users or groupBy
 * @property kind of what its value, a text or a list of texts, names; null: it names nobody
 */
type PersonalArgument = { argument: string; kind: PseudonymKind | null; value: unknown }

type Input = GraphQLArgument | GraphQLInputField

/**
 * The arguments of a field by which persons are asked for: those that need the permission, and those that name somebody. One that
 * is null asks for nothing.
 * @param given the arguments as resolvers get them
 */
export function personalArguments(field: GraphQLField<unknown, unknown>, given: object): PersonalArgument[] {
  return canHavePersonal(field.args) ? personalIn(field.args, given, '') : []
}

/** Whether a field has such an argument at all. */
export function canHavePersonal(args: readonly GraphQLArgument[]): boolean {
  let known = reaching.get(args)
  if (known === undefined) {
    known = args.some((arg) => reaches(arg, new Set()))
    reaching.set(args, known)
  }
  return known
}

const reaching = new WeakMap<readonly GraphQLArgument[], boolean>()

const needsOf = ({ extensions }: { extensions: Readonly<Record<string, unknown>> }) =>
  extensions as Partial<Needs> & About<PseudonymKind>

const isPersonal = (one: { extensions: Readonly<Record<string, unknown>> }): boolean => {
  const { permission, about } = needsOf(one)
  return permission === 'persons' || about !== undefined
}

function reaches(input: Input, seen: Set<GraphQLInputType>): boolean {
  if (isPersonal(input)) return true
  const type = getNamedType(input.type)
  if (seen.has(type)) return false
  seen.add(type)
  if (isEnumType(type)) return type.getValues().some(isPersonal)
  return isInputObjectType(type) && Object.values(type.getFields()).some((one) => reaches(one, seen))
}

function personalIn(inputs: readonly Input[], given: object, path: string): PersonalArgument[] {
  return inputs.flatMap((input) => {
    const value = (given as Record<string, unknown>)[input.name]
    if (value == null) return []
    const argument = `${path}${input.name}`
    if (isPersonal(input)) return [{ argument, kind: needsOf(input).about ?? null, value }]
    return personalInValue(input.type, value, argument)
  })
}

function personalInValue(type: GraphQLInputType, value: unknown, argument: string): PersonalArgument[] {
  if (value == null) return []
  if (isNonNullType(type)) return personalInValue(type.ofType, value, argument)
  if (isListType(type))
    return (value as unknown[]).flatMap((one) => personalInValue(type.ofType, one, argument))
  if (isInputObjectType(type)) return personalIn(Object.values(type.getFields()), value, `${argument}.`)
  const chosen = isEnumType(type) ? type.getValues().find((one) => one.value === value) : undefined
  return chosen !== undefined && isPersonal(chosen) ? [{ argument, kind: null, value: null }] : []
}
