import type { GraphQLField, GraphQLFieldResolver } from 'graphql'
import { parseIp } from '../../domain/fields/ip.ts'
import type { ApiContext } from '../context/context.ts'
import type { Look, Subject } from '../context/look.ts'
import type { PseudonymKind } from '../context/masks.ts'
import type { AboutParent, Mask } from '../context/permission.ts'
import { personalArguments } from './personal-arguments.ts'

/** A field that may show a personal value or be asked by one. */
export type PersonalField = {
  /** In the schema, such as Attempt.userId. */
  name: string
  isPersonal: boolean
  mask: Mask | undefined
  /** Whom the values of the field, or of its type, are about; undefined: the value itself says it. */
  about: AboutParent | undefined
}

type Resolver = GraphQLFieldResolver<unknown, ApiContext, object>

/** Notes in the look of a request, if it has one, what a field shows of persons and by whom it was asked. */
export const notingLooks =
  (resolve: Resolver, shown: PersonalField): Resolver =>
  (parent, args, context, info) => {
    const { look } = context
    if (look === null) return resolve(parent, args, context, info)
    noteArguments(look, shown.name, info.parentType.getFields()[info.fieldName], args)
    const note = noteOf(look, shown, parent)
    const value = resolve(parent, args, context, info)
    if (!(value instanceof Promise)) {
      note(value)
      return value
    }
    return value.then((settled: unknown) => {
      note(settled)
      return settled
    })
  }

function noteArguments(
  look: Look,
  name: string,
  field: GraphQLField<unknown, unknown> | undefined,
  args: object,
): void {
  if (field === undefined) return
  for (const { argument, kind, value } of personalArguments(field, args)) {
    look.field(`${name}(${argument})`)
    if (kind === null) continue
    for (const one of [value].flat()) look.subject(kind, inNormalForm(kind, String(one)))
  }
}

/** As attempts have it, so that a pseudonym is the same whether somebody is asked by or shown. */
const inNormalForm = (kind: PseudonymKind, text: string): string =>
  kind === 'address' ? (parseIp(text.trim())?.ip ?? text) : text

const noteOf =
  (look: Look, { name, isPersonal, mask, about }: PersonalField, parent: unknown) =>
  (value: unknown): void => {
    // That there is no value says nothing about anybody.
    if (value == null) return
    const subjects = about?.(parent) ?? subjectsIn(mask, value)
    if (!isPersonal && subjects.length === 0) return
    look.field(name)
    for (const one of subjects) look.subject(one.kind, one.value)
  }

function subjectsIn(mask: Mask | undefined, value: unknown): readonly Subject[] {
  if (mask === undefined || mask === 'nothing' || mask === 'text') return []
  if (mask === 'ranked users')
    return (value as { value: string }[]).map((one) => ({ kind: 'user', value: one.value }))
  return [{ kind: mask satisfies PseudonymKind, value: value as string }]
}
