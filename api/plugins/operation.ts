import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type GraphQLField,
  Kind,
  type OperationDefinitionNode,
  type OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'

type Request = { document: DocumentNode; operationName?: string | null | undefined }

/** The kind of operation that a request runs; null when its document has no such operation. */
export const operationType = (request: Request): `${OperationTypeNode}` | null =>
  operationOf(request)?.operation ?? null

/** The operation that a request runs; null when its document has no such operation. */
export const operationOf = ({ document, operationName }: Request): OperationDefinitionNode | null =>
  getOperationAST(document, operationName) ?? null

/**
 * The root fields that a request asks for, those in fragments included. Like execution, it visits each
 * fragment once: fragments that spread each other twice would otherwise double the work with every level.
 * https://spec.graphql.org/October2021/#CollectFields()
 */
export function rootFields({ document, operationName }: Request): FieldNode[] {
  const fragments = new Map(
    document.definitions
      .filter(
        (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
      )
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const collect = ({ selections }: SelectionSetNode): FieldNode[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT) return collect(selection.selectionSet)
      const fragment = fragments.get(selection.name.value)
      fragments.delete(selection.name.value)
      return fragment === undefined ? [] : collect(fragment.selectionSet)
    })
  const operation = getOperationAST(document, operationName)
  return operation == null ? [] : collect(operation.selectionSet)
}

export type ExecutedRequest = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>

/** The variables of a request, with their defaults. Null: they are unusable, and execution will say so. */
export function variablesOf({
  schema,
  document,
  operationName,
  variableValues,
}: ExecutedRequest): Record<string, unknown> | null {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? []
  return getVariableValues(schema, definitions, variableValues ?? {}).coerced ?? null
}

/** The arguments of a field. Null: they are unusable, and execution will say so. */
export function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Record<string, unknown>,
): Record<string, unknown> | null {
  try {
    return getArgumentValues(field, node, variables)
  } catch (error) {
    if (error instanceof GraphQLError) return null
    throw error
  }
}
