import {
  type DocumentNode,
  getOperationAST,
  Kind,
  type OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'

/** What kind of operation a request runs; null: none that it names. */
export const operationType = (args: {
  document: DocumentNode
  operationName?: string | null | undefined
}): `${OperationTypeNode}` | null => getOperationAST(args.document, args.operationName)?.operation ?? null

/** How many fields of the root a request asks for, those of fragments among them. The document is valid: no fragment is in itself. */
export function rootFields(args: {
  document: DocumentNode
  operationName?: string | null | undefined
}): number {
  const operation = getOperationAST(args.document, args.operationName)
  const count = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet)
      const fragment = args.document.definitions.find(
        (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
      )
      return fragment?.kind === Kind.FRAGMENT_DEFINITION ? sum + count(fragment.selectionSet) : sum
    }, 0)
  return operation == null ? 0 : count(operation.selectionSet)
}
