import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { ReadFailure, type ReadFailureKind } from '../../db/nodes/read-failure.ts'
import { ExpectedError } from '../context/errors.ts'
import type { Logger } from '../context/logger.ts'

const codes: Record<ReadFailureKind, string> = {
  unavailable: 'DatabaseUnavailable',
  interrupted: 'DatabaseUnavailable',
  outdated: 'DatabaseUnavailable',
  too_stale: 'TooStale',
  busy: 'DatabaseBusy',
  timeout: 'QueryTimeout',
  bad_input: 'BadInput',
}

/**
 * What of an error a client may see: errors of the request as they are; those of the schema that a field below another one has,
 * and those of the database, by a code; everything else
 * only as an id, under which it is in the log in full.
 */
export function createMaskError(logger: Logger): (error: unknown) => GraphQLError {
  return (error) => {
    const located = isGraphQLError(error) ? error : new GraphQLError('')
    const cause = isGraphQLError(error) ? originOf(error) : error
    if (isGraphQLError(cause)) return located
    if (cause instanceof ExpectedError)
      return at(located, cause.message, { code: cause.constructor.name.replace(/Error$/, '') })
    if (cause instanceof ReadFailure) return at(located, cause.message, { code: codes[cause.kind] })
    const errorId = randomUUID()
    logger.error({ errorId, err: cause, path: located.path }, 'a request failed unexpectedly')
    return at(located, `Something unexpected went wrong; it is in the log as ${errorId}`, {
      code: 'Unexpected',
      errorId,
    })
  }
}

/** By name, as yoga does it: two copies of graphql in one process would have a class each. */
const isGraphQLError = (error: unknown): error is GraphQLError =>
  error instanceof Error && error.name === 'GraphQLError'

/** The error below all wrappings; a GraphQLError without another below it is about the request itself. */
function originOf(error: GraphQLError): unknown {
  const { originalError } = error
  if (originalError === undefined) return error
  return isGraphQLError(originalError) ? originOf(originalError) : originalError
}

function at(
  { nodes, source, positions, path }: GraphQLError,
  message: string,
  extensions: Record<string, unknown>,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions,
  })
}
