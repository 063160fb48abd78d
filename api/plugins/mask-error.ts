import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { ReadFailure, type ReadFailureKind } from '../../db/nodes/read-failure.ts'
import { ExpectedError } from '../context/errors.ts'
import type { Logger } from '../context/logger.ts'

/** The codes that clients see of failures of the database. */
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
 * Decides what a client sees of an error. An error about the request itself is shown as it is. An expected
 * error of a field that has no error type, and a failure of the database, are shown with a code. All others
 * are shown as an id, and the log has their cause.
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
    logger.error(
      { errorId, err: cause, path: located.path },
      'a request failed unexpectedly: its client was given this errorId',
    )
    return at(
      located,
      `an unexpected error happened: the log of the API has its cause under the errorId ${errorId}`,
      {
        code: 'Unexpected',
        errorId,
      },
    )
  }
}

/** Compares names, as Yoga does, because two copies of graphql in one process have two classes. */
const isGraphQLError = (error: unknown): error is GraphQLError =>
  error instanceof Error && error.name === 'GraphQLError'

/** The error that was thrown first. A GraphQLError that wraps no other is about the request itself. */
function originOf(error: GraphQLError): unknown {
  const { originalError } = error
  if (originalError === undefined) return error
  return isGraphQLError(originalError) ? originOf(originalError) : originalError
}

/** An error with another message and other extensions at the same place of the query. */
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
