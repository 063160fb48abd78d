import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import { isPermission, isPermitted, type Permission } from '../../domain/access/permission.ts'
import type { Role } from '../../domain/access/role.ts'

/** @property argument where it is in the arguments, such as filter.users */
type Forbidden = { argument: string; permission: Permission }
type Input = GraphQLArgument | GraphQLInputField

/**
 * The first argument, or value of an enum, that these roles may not use; null: there is none. An argument that
 * is null asks for nothing.
 * @param given the arguments as resolvers get them
 */
export function forbiddenArgument(
  field: GraphQLField<unknown, unknown>,
  given: object,
  roles: readonly Role[],
): Forbidden | null {
  return needsNothing(field) ? null : firstOf(field.args, given, '', roles)
}

/** Whether nobody lacks a permission for any argument. Asked for each group of an answer. */
function needsNothing(field: GraphQLField<unknown, unknown>): boolean {
  let known = plain.get(field)
  if (known === undefined) {
    known = !field.args.some((arg) => reachesPermission(arg, new Set()))
    plain.set(field, known)
  }
  return known
}

const plain = new WeakMap<GraphQLField<unknown, unknown>, boolean>()

function reachesPermission(input: Input, seen: Set<GraphQLInputType>): boolean {
  if (permissionOf(input) !== null) return true
  const type = getNamedType(input.type)
  if (seen.has(type)) return false
  seen.add(type)
  if (isEnumType(type)) return type.getValues().some((value) => permissionOf(value) !== null)
  return (
    isInputObjectType(type) && Object.values(type.getFields()).some((one) => reachesPermission(one, seen))
  )
}

function permissionOf({ extensions }: { extensions: Readonly<Record<string, unknown>> }): Permission | null {
  const { permission } = extensions
  return isPermission(permission) ? permission : null
}

function firstOf(
  inputs: readonly Input[],
  given: object,
  path: string,
  roles: readonly Role[],
): Forbidden | null {
  for (const input of inputs) {
    const value = (given as Record<string, unknown>)[input.name]
    if (value == null) continue
    const argument = `${path}${input.name}`
    const permission = permissionOf(input)
    if (permission !== null && !isPermitted(roles, permission)) return { argument, permission }
    const inner = inValue(input.type, value, argument, roles)
    if (inner !== null) return inner
  }
  return null
}

function inValue(
  type: GraphQLInputType,
  value: unknown,
  path: string,
  roles: readonly Role[],
): Forbidden | null {
  if (value == null) return null
  if (isNonNullType(type)) return inValue(type.ofType, value, path, roles)
  if (isListType(type)) {
    for (const [place, one] of (value as unknown[]).entries()) {
      const found = inValue(type.ofType, one, `${path}[${place}]`, roles)
      if (found !== null) return found
    }
    return null
  }
  if (isInputObjectType(type)) return firstOf(Object.values(type.getFields()), value, `${path}.`, roles)
  const chosen = isEnumType(type) ? type.getValues().find((one) => one.value === value) : undefined
  const permission = chosen === undefined ? null : permissionOf(chosen)
  return permission === null || isPermitted(roles, permission) ? null : { argument: path, permission }
}
