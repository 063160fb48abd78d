import type { IncomingMessage, ServerResponse } from 'node:http'
import { CSRF_HEADER, ownHeaders } from '../context/own-headers.ts'

/** What pages of allowed origins may send: not the header with which a page of the API uses a session. */
const ALLOWED_HEADERS = ['authorization', 'content-type', 'last-event-id', ...ownHeaders].filter(
  (name) => name !== CSRF_HEADER,
)
/** What they may read, besides the headers that every page may. */
const EXPOSED_HEADERS = ['retry-after', 'www-authenticate', 'x-request-id']
/** How long a browser need not ask again. */
const PREFLIGHT_SECONDS = 600

/**
 * Lets a page of an allowed origin read the answer, an error too, and tells caches by what answers differ.
 * Credentials are never allowed: neither a session of the API nor one of a proxy that signs people in by a cookie is lent
 * to pages of other origins.
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function setCorsHeaders(
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  allowedOrigins: readonly string[],
): void {
  response.setHeader('vary', 'accept, accept-encoding, authorization, cookie, origin')
  if (origin === undefined || !allowedOrigins.includes(origin)) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', EXPOSED_HEADERS.join(', '))
}

/** Whether a browser asks if a page of an allowed origin may send a request. */
export const isPreflight = (
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  allowedOrigins: readonly string[],
): boolean =>
  method === 'OPTIONS' &&
  headers['access-control-request-method'] !== undefined &&
  allowedOrigins.includes(headers.origin ?? '')

export function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': ALLOWED_HEADERS.join(', '),
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  })
  response.end()
}
