import type { GraphQLError } from 'graphql'

/** An error as subscribers see it: there is no status of HTTP to set any more. */
export const withoutStatus = (error: GraphQLError) => ({
  ...error.toJSON(),
  extensions: { ...error.extensions, http: undefined },
})

/** The event that carries an error and nothing else. It has no id: it shows nothing to come back after. */
export const errorEvent = (error: GraphQLError): Uint8Array =>
  Buffer.from(`event: next\ndata: ${JSON.stringify({ data: null, errors: [withoutStatus(error)] })}\n\n`)
