import { type GraphQLError, Kind } from 'graphql'
import type { ErrorCode } from '../context/error-codes.ts'

/** Codes of Yoga that say no more than that the request is unusable. */
const codesOfYoga: Record<string, ErrorCode> = {
  REQUEST_ENTITY_TOO_LARGE: 'BAD_REQUEST',
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
}

/**
 * The extensions of an error about the request itself. graphql-js gives its own errors no code: it finds
 * unusable variables before it runs anything, or where an argument takes them. An error without a code that
 * remains is a value of ours that its type cannot show.
 */
export function requestExtensions(located: GraphQLError, cause: GraphQLError): Record<string, unknown> {
  const { extensions, path } = located
  if (typeof extensions.code === 'string')
    return { ...extensions, code: codesOfYoga[extensions.code] ?? extensions.code }
  if (path === undefined) return { ...badVariable(variableIn(located)), http: { status: 400, spec: true } }
  return cause.nodes === undefined ? {} : badVariable(variableAt(cause))
}

const badVariable = (argument: string | null) => ({
  code: 'BAD_VARIABLES' satisfies ErrorCode,
  ...(argument === null ? {} : { argument }),
})

/** The variable that a field was given as an argument. */
function variableAt({ nodes: [node] = [] }: GraphQLError): string | null {
  return node?.kind === Kind.VARIABLE ? `$${node.name.value}` : null
}

/**
 * The variable that an error is about, with the place in its value, such as $filter.locales[0]. graphql-js
 * says the place in its message only: Variable "$filter" got invalid value … at "filter.locales[0]"; …
 */
function variableIn({ nodes: [node] = [], message }: GraphQLError): string | null {
  if (node?.kind !== Kind.VARIABLE_DEFINITION) return null
  const name = node.variable.name.value
  const place = new RegExp(` at "${name}((?:\\.\\w+|\\[\\d+\\])+)"; `).exec(message)?.[1]
  return `$${name}${place ?? ''}`
}
