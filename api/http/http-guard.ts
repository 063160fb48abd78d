import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { limits } from '../context/limits.ts'

export type Refusal = { status: number; message: string }

/** By which names clients reach the API, and which pages may use it. */
export type Access = {
  /** The names of the API, besides IP addresses and localhost, and the hosts of pages that a proxy serves. */
  allowedHosts: readonly string[]
  /** Other origins whose pages may ask, such as https://dashboard.example. */
  allowedOrigins: readonly string[]
}

/**
 * Why a request is refused by its headers; null: it is not. A website can let its name resolve to this
 * machine (DNS rebinding); to browsers its pages are then of the API's origin, but the Host header still has
 * the name. Probes are answered under any name.
 */
export function refusalOf(
  { headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>,
  { allowedHosts, allowedOrigins }: Access,
): Refusal | null {
  const { host = '', origin } = headers
  // The server behind would take any of these for another path or name.
  if (!url.startsWith('/') || /[/?#@\\]/.test(host))
    return {
      status: 400,
      message:
        'the target must be a path such as /graphql, and the Host header a name or an address with an optional port',
    }
  if (url === '/health' || url === '/ready') return null
  const name = nameOf(`http://${host}`)
  if (host !== '' && !isOwn(name, allowedHosts)) {
    const message = `${name ?? 'the Host header'} is not a name of this API: use its IP address, or add the name to API_ALLOWED_HOSTS`
    return { status: 421, message }
  }
  const isKnownPage =
    origin === undefined ||
    isSameOrigin(origin, host) ||
    allowedOrigins.includes(origin) ||
    allowedHosts.includes(nameOf(origin) ?? '')
  return isKnownPage ? bodyRefusal(headers) : foreignPage
}

const foreignPage: Refusal = {
  status: 403,
  message:
    'pages of other origins may not use this API: add the origin of the page, such as https://dashboard.example, to ' +
    'API_ALLOWED_ORIGINS; or its host to API_ALLOWED_HOSTS, if it is a page of the API behind a proxy',
}

/** The host of a URL in lower case, an IPv6 address without its brackets; null: it is not a URL. */
const nameOf = (url: string): string | null =>
  URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$|\.$/g, '') : null

const isOwn = (name: string | null, allowedHosts: readonly string[]): boolean =>
  name !== null &&
  (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || allowedHosts.includes(name))

/** Compares host and port only, because a proxy in front may speak TLS. */
const isSameOrigin = (origin: string, host: string): boolean =>
  URL.canParse(origin) && new URL(origin).host === host.toLowerCase()

/**
 * Checks the announced length, before a byte of the body is read. Yoga cuts bodies of unknown length
 * (maxRequestBodySize).
 */
function bodyRefusal(headers: IncomingHttpHeaders): Refusal | null {
  if (Number(headers['content-length'] ?? 0) <= limits.bodyBytes) return null
  return {
    status: 413,
    message: `the request is larger than the cap of ${limits.bodyBytes} bytes: ask in several requests`,
  }
}
