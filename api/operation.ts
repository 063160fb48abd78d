import { type DocumentNode, getOperationAST, type OperationTypeNode } from 'graphql'

/** What kind of operation a request runs; null: none that it names. */
export const operationType = (args: {
  document: DocumentNode
  operationName?: string | null | undefined
}): `${OperationTypeNode}` | null => getOperationAST(args.document, args.operationName)?.operation ?? null
