import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { ReadFailure, type ReadFailureKind } from '../db/read/failure.ts'
import type { Logger } from './logger.ts'

const codes: Record<ReadFailureKind, string> = {
  unavailable: 'DatabaseUnavailable',
  busy: 'DatabaseBusy',
  timeout: 'QueryTimeout',
  bad_input: 'BadInput',
}

/**
 * What of an error a client may see: errors of the request as they are; those of the database by a code; everything else
 * only as an id, under which it is in the log in full.
 */
export function createMaskError(logger: Logger): (error: unknown) => GraphQLError {
  return (error) => {
    const cause = error instanceof GraphQLError ? originOf(error) : error
    if (cause instanceof GraphQLError) return error as GraphQLError
    if (cause instanceof ReadFailure) {
      return shown(error, cause.message, { code: codes[cause.kind] })
    }
    const errorId = randomUUID()
    const path = error instanceof GraphQLError ? error.path : undefined
    logger.error({ errorId, err: cause, path }, 'a request failed unexpectedly')
    return shown(error, `Something unexpected went wrong; it is in the log as ${errorId}`, {
      code: 'Unexpected',
      errorId,
    })
  }
}

/** The error below all wrappings; a GraphQLError without another below it is about the request itself. */
function originOf(error: GraphQLError): unknown {
  const { originalError } = error
  if (originalError === undefined) return error
  return originalError instanceof GraphQLError ? originOf(originalError) : originalError
}

function shown(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  const {
    nodes = null,
    source = null,
    positions = null,
    path = null,
  } = error instanceof GraphQLError ? error : new GraphQLError('')
  return new GraphQLError(message, { nodes, source, positions, path, extensions })
}
