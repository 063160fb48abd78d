import {
  BREAK,
  type FieldNode,
  getDirectiveValues,
  getOperationAST,
  type GraphQLField,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { argumentsOf, type ExecutedRequest, variablesOf } from './operation.ts'

/**
 * Whether a request reads the sets of users, devices and addresses, which follow the counts by about a second. Fields
 * declare that they do. A fragment that `@skip` or `@include` leaves out is taken for one that is read.
 */
export function readsSets(request: ExecutedRequest): boolean {
  const { schema, document, operationName } = request
  const operation = getOperationAST(document, operationName)
  const variables = variablesOf(request)
  const own = separateOperations(document)[operation?.name?.value ?? '']
  if (variables === null || own === undefined) return false
  const types = new TypeInfo(schema)
  let isFound = false
  visit(
    own,
    visitWithTypeInfo(types, {
      Field(node) {
        if (!isIncluded(node, variables)) return false
        const field = types.getFieldDef()
        isFound = field != null && isDeclared(field, node, variables)
        return isFound ? BREAK : undefined
      },
    }),
  )
  return isFound
}

/** In `extensions` of a field: whether it reads sets, always or with some arguments. */
type Declared = { readsSets?: true | ((args: Record<string, unknown>) => boolean) }

type Variables = Record<string, unknown>

function isDeclared(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Variables): boolean {
  const { readsSets: declared } = field.extensions as Declared
  if (typeof declared !== 'function') return declared === true
  const args = argumentsOf(field, node, variables)
  return args !== null && declared(args)
}

function isIncluded(node: FieldNode, variables: Variables): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables)
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variables)
  return skip?.['if'] !== true && include?.['if'] !== false
}
