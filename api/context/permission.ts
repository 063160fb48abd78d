import { type Permission, permissions } from '../../domain/access/permission.ts'
import { ForbiddenError } from './errors.ts'
import type { PseudonymKind } from './masks.ts'

/**
 * What is seen instead of a value without its permission: a pseudonym, null, a fixed text, or ranks of
 * pseudonyms.
 */
export type Mask = PseudonymKind | 'nothing' | 'text' | 'ranked users'

/** In `extensions` of a type, field, argument or value of an enum. */
export type Needs = { permission: Permission; mask?: Mask }

/**
 * The `extensions` of what a permission is needed for. Fields without one need that of their type.
 * @param mask shown without the permission; left out: the field is refused
 */
export const needs = (permission: Permission, mask?: Mask): Needs =>
  mask === undefined ? { permission } : { permission, mask }

export const forbidden = (permission: Permission, what: string, argument?: string) =>
  new ForbiddenError(forbiddenMessage(permission, what), argument)

export const forbiddenMessage = (permission: Permission, what: string) =>
  `${what} needs the role ${permissions[permission].roles.join(' or ')}: ask who runs this API for it, or leave it out`
