import { GraphQLError } from 'graphql'
import type { ErrorCode } from './error-codes.ts'

/**
 * An error about a request as a whole, or about the document.
 * @param details what clients get beside the code; `http` stays on the server and sets the status and headers
 */
export const requestError = (
  code: ErrorCode,
  message: string,
  details: DetailsOfRequest & { http?: HttpOfError } = {},
): GraphQLError => new GraphQLError(message, { extensions: { code, ...details } })

type DetailsOfRequest = {
  cap?: number
  asked?: number
  retryAfterMs?: number
  fate?: string
  behind?: number
  logEnd?: string
}

/** `spec`: the status is 200 for clients that accept application/json and not application/graphql-response+json. */
type HttpOfError = { status: number; headers?: Record<string, string>; spec?: true }
