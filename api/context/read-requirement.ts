import { GraphQLError } from 'graphql'
import { parseReadToken, type ReadToken } from '../../db/nodes/read-token.ts'
import type { ReadRequirement } from '../../db/nodes/requirement.ts'

/** Headers and not arguments: a request is answered from one snapshot, so its fields cannot differ in this. */
const MAX_STALENESS = 'x-rollcall-max-staleness-ms'
const READ_AFTER = 'x-rollcall-read-after'

/**
 * How fresh the request wants its answer.
 * @throws {GraphQLError} a header is unusable
 */
export const requirementOf = ({ headers }: Request): ReadRequirement => ({
  maxStalenessMs: maxStaleness(headers.get(MAX_STALENESS)),
  after: readAfter(headers.get(READ_AFTER)),
})

function maxStaleness(text: string | null): number | null {
  if (text === null) return null
  if (/^\d{1,9}$/.test(text.trim())) return Number(text)
  throw unusable(`${MAX_STALENESS} is a whole number of milliseconds from 0 to 999999999, such as 5000`)
}

function readAfter(text: string | null): ReadToken | null {
  if (text === null) return null
  const token = parseReadToken(text.trim())
  if (token !== null) return token
  throw unusable(`${READ_AFTER} is the text of extensions.readAfter of a command, as it came`)
}

const unusable = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'BadHeader', http: { status: 400 } } })
