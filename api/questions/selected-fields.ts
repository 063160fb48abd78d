import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** A field that the query selects: its names from below the field in question, and its arguments. */
export type SelectedField = { path: readonly string[]; args: Record<string, unknown> }

/**
 * All fields that the query selects below this field, under any alias and in any fragment, but for those that
 * `@skip` or `@include` leaves out.
 */
export function selectedFields(info: GraphQLResolveInfo): SelectedField[] {
  const type = getNamedType(info.returnType)
  return info.fieldNodes.flatMap(({ selectionSet }) => [...fieldsIn(info, type, selectionSet, [])])
}

/** Whether the query selects a field of this name anywhere below this field. */
export const selectsAnywhere = (info: GraphQLResolveInfo, name: string): boolean =>
  selectedFields(info).some(({ path }) => path.at(-1) === name)

function* fieldsIn(
  info: GraphQLResolveInfo,
  type: GraphQLNamedType,
  selectionSet: SelectionSetNode | undefined,
  path: readonly string[],
): Generator<SelectedField> {
  for (const selection of selectionSet?.selections ?? []) {
    if (!isIncluded(info, selection)) continue
    if (selection.kind === Kind.FIELD) {
      const field = fieldOf(type, selection.name.value)
      if (field === null) continue
      const own = [...path, field.name]
      yield { path: own, args: getArgumentValues(field, selection, info.variableValues) }
      yield* fieldsIn(info, getNamedType(field.type), selection.selectionSet, own)
    } else {
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection
      const condition = fragment?.typeCondition?.name.value
      const within = condition === undefined ? type : (info.schema.getType(condition) ?? type)
      yield* fieldsIn(info, within, fragment?.selectionSet, path)
    }
  }
}

function isIncluded({ variableValues }: GraphQLResolveInfo, selection: SelectionNode): boolean {
  const [skip, include] = [GraphQLSkipDirective, GraphQLIncludeDirective].map((directive) =>
    getDirectiveValues(directive, selection, variableValues),
  )
  return skip?.['if'] !== true && include?.['if'] !== false
}

/** Null: a field such as __typename, which has no definition. */
const fieldOf = (type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | null =>
  isObjectType(type) || isInterfaceType(type) ? (type.getFields()[name] ?? null) : null
