import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Whether an answer of this field is asked for what lies at a path below it, by any alias, in any fragment. */
export const selects = ({ fieldNodes, fragments }: GraphQLResolveInfo, path: readonly string[]): boolean =>
  fieldNodes.some(({ selectionSet }) => has(selectionSet, path, fragments))

/** Whether anything below is asked for by this name. */
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
