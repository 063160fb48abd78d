import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Whether the query selects the field at a path below this field, under any alias and in any fragment. */
export const selects = ({ fieldNodes, fragments }: GraphQLResolveInfo, path: readonly string[]): boolean =>
  fieldNodes.some(({ selectionSet }) => has(selectionSet, path, fragments))

/** Whether the query selects a field of this name anywhere below this field. */
export const selectsAnywhere = ({ fieldNodes, fragments }: GraphQLResolveInfo, name: string): boolean =>
  fieldNodes.some(({ selectionSet }) => hasAnywhere(selectionSet, name, fragments))

function hasAnywhere(
  selectionSet: SelectionSetNode | undefined,
  name: string,
  fragments: GraphQLResolveInfo['fragments'],
): boolean {
  return (selectionSet?.selections ?? []).some((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      return hasAnywhere(fragments[selection.name.value]?.selectionSet, name, fragments)
    if (selection.kind === Kind.FIELD && selection.name.value === name) return true
    return hasAnywhere(selection.selectionSet, name, fragments)
  })
}

function has(
  selectionSet: SelectionSetNode | undefined,
  path: readonly string[],
  fragments: GraphQLResolveInfo['fragments'],
): boolean {
  const [name, ...rest] = path
  if (name === undefined) return true
  return (selectionSet?.selections ?? []).some((selection) => {
    if (selection.kind === Kind.FIELD)
      return selection.name.value === name && has(selection.selectionSet, rest, fragments)
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments[selection.name.value] : selection
    return has(fragment?.selectionSet, path, fragments)
  })
}
