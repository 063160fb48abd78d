import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type DocumentNode, Kind } from 'graphql'
import { limits } from '../context/limits.ts'
import { type ExecutedRequest, operationOf, rootFields, variablesOf } from './operation.ts'

/** Up to this complexity, a root field counts as one question. */
export const COMPLEXITY_OF_ONE = 500
/** Questions that the schema, or a type of it, counts as: some milliseconds of the API's only thread. */
const COST_OF_INTROSPECTION = 10

/**
 * What a request costs, in questions, or in commands if it is of these: as many as it has root fields, under any
 * aliases, and more where its complexity is that of more.
 */
export function costOf(request: ExecutedRequest): number {
  const fields = rootFields(request)
  const asked = fields.map(({ name }) => (/^__(schema|type)$/.test(name.value) ? COST_OF_INTROSPECTION : 1))
  const least = asked.reduce((sum, cost) => sum + cost, 0)
  return Math.max(1, least, Math.ceil(complexityOf(request) / COMPLEXITY_OF_ONE))
}

/** The complexity by which builder.ts caps a request; 0 of one that is refused for it. */
function complexityOf(request: ExecutedRequest): number {
  const { schema, document, variableValues } = request
  const operation = operationOf(request)
  if (operation === null || variablesOf(request) === null) return 0
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  const alone: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] }
  // A variable that is null where it may not be fails its field alone (complexity.ts).
  const variables = Object.fromEntries(
    Object.entries(variableValues ?? {}).filter(([, value]) => value !== null),
  )
  const { complexity } = complexityFromQuery(alone, { schema, variables })
  return complexity > limits.complexity ? 0 : complexity
}
