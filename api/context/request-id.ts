import { randomUUID } from 'node:crypto'

/** What proxies and clients make: UUIDs, ULIDs, 16 bytes in hexadecimal. An address, a name with a dot or a short text is none. */
const REQUEST_ID = /^[\w-]{16,64}$/

/**
 * The id of a request: the header x-request-id that it has, or a new one. The log has it, so it must say nothing of anybody.
 * @param given the header as it came
 */
export const requestIdOf = (given: string | readonly string[] | undefined): string =>
  isRequestId(given) ? given : randomUUID()

/** Whether a header x-request-id is taken as the id of its request. */
export const isRequestId = (given: unknown): given is string =>
  typeof given === 'string' && REQUEST_ID.test(given)
