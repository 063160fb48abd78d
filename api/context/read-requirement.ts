import { GraphQLError } from 'graphql'
import { parseReadToken, type ReadToken } from '../../db/nodes/read-token.ts'
import type { ReadRequirement } from '../../db/nodes/requirement.ts'

/** Headers and not arguments, because one snapshot answers all fields of a request. */
const MAX_STALENESS = 'x-rollcall-max-staleness-ms'
const READ_AFTER = 'x-rollcall-read-after'

/**
 * How fresh the answer must be, as the headers of a request say.
 * @throws {GraphQLError} if a header is unusable
 */
export const requirementOf = ({ headers }: Request): ReadRequirement => ({
  maxStalenessMs: maxStaleness(headers.get(MAX_STALENESS)),
  after: readAfter(headers.get(READ_AFTER)),
})

function maxStaleness(text: string | null): number | null {
  if (text === null) return null
  if (/^\d{1,9}$/.test(text.trim())) return Number(text)
  throw unusable(`${MAX_STALENESS} must be a whole number of milliseconds from 0 to 999999999, such as 5000`)
}

function readAfter(text: string | null): ReadToken | null {
  if (text === null) return null
  const token = parseReadToken(text.trim())
  if (token !== null) return token
  throw unusable(`${READ_AFTER} must be the text of extensions.readAfter as a command returned it`)
}

const unusable = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'BadHeader', http: { status: 400 } } })
