import type { ErrorCode } from '../context/error-codes.ts'

/** The body of a response to a request that GraphQL does not see, in the form that GraphQL clients read. */
export const refusalBody = (message: string, code: ErrorCode = 'BAD_REQUEST', details: object = {}) => ({
  errors: [{ message, extensions: { code, ...details } }],
})
