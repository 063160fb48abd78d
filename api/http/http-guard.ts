import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { limits } from '../context/limits.ts'

export type Refusal = { status: number; message: string }

/**
 * Why a request is refused by its headers alone; null: it is not. A page of another site can have its name point to this machine
 * (DNS rebinding) and would then be of the same origin as the API: its name gives it away. Probes are answered under any name.
 * @param allowedHosts names that the API is reached by, beside IP addresses and localhost
 */
export function refusalOf(
  { headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>,
  allowedHosts: readonly string[],
): Refusal | null {
  const { host = '', origin } = headers
  // What stands in either would be read as another path or name behind.
  if (!url.startsWith('/') || /[/?#@\\]/.test(host))
    return { status: 400, message: 'ask for a path, such as /graphql, of a host' }
  if (url === '/health' || url === '/ready') return null
  const name = nameOf(`http://${host}`)
  if (host !== '' && !isOwn(name, allowedHosts)) {
    const message = `${name ?? 'this'} is no name of this API: use its address, or add the name to API_ALLOWED_HOSTS`
    return { status: 421, message }
  }
  if (origin !== undefined && !isSameOrigin(origin, host) && !allowedHosts.includes(nameOf(origin) ?? '')) {
    const message = 'pages of other origins are not answered: add the host of the page to API_ALLOWED_HOSTS'
    return { status: 403, message }
  }
  return bodyRefusal(headers)
}

/** In lower case, an IPv6 address without its brackets; null: it is no URL. */
const nameOf = (url: string): string | null =>
  URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$|\.$/g, '') : null

const isOwn = (name: string | null, allowedHosts: readonly string[]): boolean =>
  name !== null &&
  (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || allowedHosts.includes(name))

/** By host and port: a proxy in between may speak TLS. */
const isSameOrigin = (origin: string, host: string): boolean =>
  URL.canParse(origin) && new URL(origin).host === host.toLowerCase()

/** Before a byte of the body is read; one of unknown length is cut by the server of GraphQL. */
function bodyRefusal(headers: IncomingHttpHeaders): Refusal | null {
  if (Number(headers['content-length'] ?? 0) <= limits.bodyBytes) return null
  return {
    status: 413,
    message: `the request is larger than the cap of ${limits.bodyBytes} bytes: ask in several requests`,
  }
}
