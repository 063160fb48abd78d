import { distance } from 'fastest-levenshtein'
import type { Actor } from './actor.ts'
import { requestError } from './request-error.ts'
import { safeText } from './safe-text.ts'

const PREFIX = 'x-rollcall-'
/** Node takes names of headers of many kilobytes. */
const MAX_SHOWN_CHARACTERS = 64

/** Without it a cookie proves nothing: pages of other origins cannot send it. */
export const CSRF_HEADER = 'x-rollcall-csrf'

/** Every header of Rollcall's own that requests may have. */
export const ownHeaders = [
  'x-rollcall-actor',
  'x-rollcall-max-staleness-ms',
  'x-rollcall-read-after',
  'x-rollcall-read-timeout-ms',
  CSRF_HEADER,
] as const

/**
 * Refuses headers that look like Rollcall's own and are none, because an answer that ignores what a client
 * asked for looks right; also a name that its sender chose, where somebody vouches for another.
 * @throws {GraphQLError} if there is one
 */
export function checkOwnHeaders(headers: Headers, { issuer }: Pick<Actor, 'issuer'>): void {
  if (issuer !== null && headers.has('x-rollcall-actor'))
    throw requestError(
      'BAD_HEADER',
      'x-rollcall-actor is for local mode only: this API takes who you are from your access token, so leave it out',
      { http: { status: 400 } },
    )
  const known: readonly string[] = ownHeaders
  const names = [...headers.keys()].map((name) => name.toLowerCase())
  const unknown = names.find((name) => name.startsWith(PREFIX) && !known.includes(name))
  if (unknown === undefined) return
  const meant = nearest(unknown)
  throw requestError(
    'BAD_HEADER',
    `${safeText(unknown, MAX_SHOWN_CHARACTERS)} is not a header of this API: ` +
      (meant === null ? '' : `did you mean ${meant}? `) +
      `Of its own it takes ${ownHeaders.join(', ')}`,
    { http: { status: 400 } },
  )
}

/** The header that a misspelt name is most like; null: it is like none. */
function nearest(name: string): string | null {
  const written = name.slice(PREFIX.length)
  const slips = (header: string) => distance(written, header.slice(PREFIX.length))
  const near = ownHeaders.filter((header) => slips(header) <= (header.length - PREFIX.length) / 3)
  return near.toSorted((a, b) => slips(a) - slips(b))[0] ?? null
}
