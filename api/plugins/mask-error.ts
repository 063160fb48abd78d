import { randomUUID } from 'node:crypto'
import { GraphQLError, type GraphQLSchema, Kind } from 'graphql'
import { logFieldsHere } from '../../config/logger.ts'
import { ReadFailure, type ReadFailureKind } from '../../db/nodes/read-failure.ts'
import { type ErrorCode, isErrorCode } from '../context/error-codes.ts'
import { ExpectedError } from '../context/errors.ts'
import type { Logger } from '../context/logger.ts'
import { requestExtensions } from './request-errors.ts'
import { withoutSuggestion } from './hide-schema.ts'
import { whatFits } from './what-fits.ts'

/** The codes that clients see of failures of the database. */
const codes: Record<ReadFailureKind, ErrorCode> = {
  unavailable: 'DATABASE_UNAVAILABLE',
  interrupted: 'DATABASE_UNAVAILABLE',
  outdated: 'DATABASE_UNAVAILABLE',
  too_stale: 'TOO_STALE',
  busy: 'DATABASE_BUSY',
  timeout: 'QUERY_TIMEOUT',
  bad_input: 'INVALID_ARGUMENT',
}

/**
 * Decides what a client sees of an error: a code of the closed list, with the message if the error is
 * expected, a failure of the database, or about the request itself. All others are shown as an id, and the
 * log has their cause.
 * @param isSchemaOpen whether messages may name what the schema has and the request has not
 */
export function createMaskError(
  logger: Logger,
  schema: GraphQLSchema,
  isSchemaOpen: boolean,
): (error: unknown) => GraphQLError {
  return (error) => {
    const located = isGraphQLError(error) ? error : new GraphQLError('')
    const cause = isGraphQLError(error) ? originOf(error) : error
    const told = toldOf(located, cause, isSchemaOpen ? schema : null)
    if (told !== null && isErrorCode(told.extensions.code)) return at(located, told.message, told.extensions)
    const errorId = randomUUID()
    logger.error(
      { errorId, err: cause, field: fieldOf(located) },
      'a request failed unexpectedly: its client was given this errorId',
    )
    return at(
      located,
      `an unexpected error happened: the log of the API has its cause under the errorId ${errorId}`,
      { code: 'UNEXPECTED', errorId, requestId: logFieldsHere().requestId },
    )
  }
}

type Told = { message: string; extensions: Record<string, unknown> }

/** What a client may be told of an error; null: nothing of it. */
function toldOf(located: GraphQLError, cause: unknown, schema: GraphQLSchema | null): Told | null {
  if (cause instanceof ExpectedError)
    return { message: cause.message, extensions: { code: cause.code, ...cause.details } }
  if (cause instanceof ReadFailure) return { message: cause.message, extensions: { code: codes[cause.kind] } }
  if (!isGraphQLError(cause)) return null
  const { message } = located
  const told = schema === null ? withoutSuggestion(message) : message + whatFits(message, schema)
  return { message: told, extensions: requestExtensions(located, cause) }
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

/** The name of the field in the schema: by its alias a client may call it what it likes. */
const fieldOf = ({ nodes }: GraphQLError): string | undefined =>
  nodes?.flatMap((node) => (node.kind === Kind.FIELD ? [node.name.value] : []))[0]

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
