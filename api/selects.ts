import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** Whether an answer of this field is asked for what lies at a path below it, by any alias, in any fragment. */
export const selects = ({ fieldNodes, fragments }: GraphQLResolveInfo, path: readonly string[]): boolean =>
  fieldNodes.some(({ selectionSet }) => has(selectionSet, path, fragments))

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
