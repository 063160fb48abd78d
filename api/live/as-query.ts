import { type DocumentNode, Kind, OperationTypeNode, visit } from 'graphql'

/**
 * The question that a subscription keeps asking. Subscriptions have the names, arguments and types of
 * questions, so that nothing but the kind of operation and the types of fragments changes.
 */
export const asQuery = (document: DocumentNode): DocumentNode =>
  visit(document, {
    OperationDefinition: (operation) =>
      operation.operation === OperationTypeNode.SUBSCRIPTION
        ? { ...operation, operation: OperationTypeNode.QUERY }
        : undefined,
    NamedType: (type) =>
      type.name.value === 'Subscription'
        ? { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'Query' } }
        : undefined,
  })
