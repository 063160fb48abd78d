import { parseReadToken, type ReadToken } from '../../db/nodes/read-token.ts'
import type { ReadRequirement } from '../../db/nodes/requirement.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { type NamedRecords, showsRecords, sizeOfRecords } from './named-records.ts'
import { parseReadAfter } from './read-after.ts'
import { requestError } from './request-error.ts'

/** Headers and not arguments, because one snapshot answers all fields of a request. */
const MAX_STALENESS = 'x-rollcall-max-staleness-ms'
const READ_AFTER = 'x-rollcall-read-after'
const READ_TIMEOUT = 'x-rollcall-read-timeout-ms'
/** https://html.spec.whatwg.org/multipage/server-sent-events.html#last-event-id */
const LAST_EVENT = 'last-event-id'

const MAX_TIMEOUT_MS = 30_000
const DEFAULT_TIMEOUT_MS = 5_000

/** What must be counted before the answer is given, and for how many milliseconds that may take. */
export type Awaited = {
  records: NamedRecords
  /** Everything that was written up to these. */
  tokens: readonly ReadToken[]
  timeoutMs: number
}

/** What an answer must show, as the headers of its request say. */
export type ReadHeaders = {
  /** More is asked of it once the request has waited. */
  requirement: ReadRequirement
  /** Null: nothing. */
  awaited: Awaited | null
}

/**
 * @param topic the one that is counted
 * @throws {GraphQLError} if a header is unusable
 */
export function readHeadersOf({ headers }: Request, topic: string): ReadHeaders {
  const maxStalenessMs = maxStaleness(headers.get(MAX_STALENESS))
  const { tokens, records } = readAfter(headers.get(READ_AFTER))
  const timeoutMs = readTimeout(headers.get(READ_TIMEOUT))
  const shows =
    sizeOfRecords(records) === 0 ? null : (session: ReadSession) => showsRecords(session, topic, records)
  return {
    requirement: { maxStalenessMs, after: tokens, shows },
    awaited: sizeOfRecords(records) + tokens.length === 0 ? null : { records, tokens, timeoutMs },
  }
}

/**
 * What the first answer to a subscription must show, as the headers of its request say: everything written up
 * to each of the tokens.
 * @throws {GraphQLError} if a header is unusable
 */
export function resumeAfter({ headers }: Request): readonly ReadToken[] {
  if (headers.has(MAX_STALENESS))
    throw unusable(`${MAX_STALENESS} is for queries: a subscription is sent what is newest, so leave it out`)
  const lastEvent = headers.get(LAST_EVENT) ?? ''
  if (lastEvent === '') return readAfter(headers.get(READ_AFTER)).tokens
  const token = parseReadToken(lastEvent)
  if (token !== null) return [token]
  throw unusable(`${LAST_EVENT} must be the id of an event of a subscription, or be left out`)
}

function maxStaleness(text: string | null): number | null {
  if (text === null) return null
  if (/^\d{1,9}$/.test(text.trim())) return Number(text)
  throw unusable(`${MAX_STALENESS} must be a whole number of milliseconds from 0 to 999999999, such as 5000`)
}

function readTimeout(text: string | null): number {
  if (text === null) return DEFAULT_TIMEOUT_MS
  if (/^\d{1,5}$/.test(text.trim()) && Number(text) <= MAX_TIMEOUT_MS) return Number(text)
  throw unusable(
    `${READ_TIMEOUT} must be a whole number of milliseconds from 0 to ${MAX_TIMEOUT_MS}, such as 5000`,
  )
}

function readAfter(text: string | null) {
  const named = parseReadAfter(text)
  if (typeof named === 'string') throw unusable(`${READ_AFTER} ${named}`)
  return named
}

const unusable = (message: string) => requestError('BAD_HEADER', message, { http: { status: 400 } })
