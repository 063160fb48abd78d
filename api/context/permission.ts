import { type Permission, permissions } from '../../domain/access/permission.ts'
import { ForbiddenError } from './errors.ts'
import type { Subject } from './look.ts'
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

/**
 * In `extensions`: of whom or what it tells something, for the audit of looks (AUDIT_READS). Of an argument: of what kind its values
 * are. Of a type or field: the subjects, by the parent of a field.
 */
export type About<Whom = PseudonymKind | AboutParent> = { about?: Whom }
export type AboutParent = (parent: unknown) => readonly Subject[]

/** The `extensions` of an argument by whose values somebody is looked for. */
export const named = (kind: PseudonymKind): About<PseudonymKind> => ({ about: kind })

/** The `extensions` of a type or field whose values are about others than they name. */
export const about = (subjects: (parent: never) => readonly Subject[]): About<AboutParent> => ({
  about: subjects as AboutParent,
})

export const forbidden = (permission: Permission, what: string, argument?: string) =>
  new ForbiddenError(forbiddenMessage(permission, what), argument)

export const forbiddenMessage = (permission: Permission, what: string) =>
  `${what} needs the role ${permissions[permission].roles.join(' or ')}: ask who runs this API for it, or leave it out`
