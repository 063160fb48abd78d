import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isOwn, nameOf } from '../../probes/own-host.ts'
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
 * the name. Probes are answered under any name, which then learns less (api/http/probes.ts).
 */
export function refusalOf(
  { headers, rawHeaders, url = '' }: Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'url'>,
  { allowedHosts, allowedOrigins }: Access,
): Refusal | null {
  const { host = '', origin } = headers
  if (rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length > 1) return twoHosts
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

/** A proxy might have checked the other one. */
const twoHosts: Refusal = { status: 400, message: 'send one Host header' }

const foreignPage: Refusal = {
  status: 403,
  message:
    'pages of other origins may not use this API: add the origin of the page, such as https://dashboard.example, to ' +
    'API_ALLOWED_ORIGINS; or its host to API_ALLOWED_HOSTS, if it is a page of the API behind a proxy',
}

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
