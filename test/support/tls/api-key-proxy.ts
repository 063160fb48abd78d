import { connect as connectHttp2, createSecureServer, type IncomingHttpHeaders } from 'node:http2'
import { listen, readLeaf } from './listening.ts'
import type { Leaf } from '../../../stack/parts/certificates.ts'
import type { TlsProxy } from '../../../stack/parts/tls-proxy.ts'

// Temporal's development server has no TLS and no API keys. This and stack/parts/tls-proxy.ts stand before it as a frontend with them
// does. Of Node's own TLS and HTTP/2, they need no package of the system, so the tests run wherever the others do.

/**
 * TLS before a Temporal server, for requests with an API key, as Temporal Cloud takes them: `authorization: Bearer <key>`.
 * @param isAllowed asked with each request
 */
export async function startApiKeyProxy(
  target: string,
  leaf: Leaf,
  isAllowed: (key: string) => boolean,
): Promise<TlsProxy> {
  const upstream = connectHttp2(`http://${target}`)
  upstream.on('error', () => undefined)
  const server = createSecureServer(readLeaf(leaf))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    if (!isAllowed((headers.authorization ?? '').replace(/^Bearer /, ''))) {
      stream.respond({ ':status': 401 }, { endStream: true })
      return
    }
    const request = upstream.request({ ...headers, ':scheme': 'http' })
    request.on('error', () => {
      stream.close()
    })
    let trailers: IncomingHttpHeaders = {}
    request.on('response', (answer, flags) => {
      const isWhole = (flags & END_STREAM) !== 0
      stream.respond(answer, { endStream: isWhole, waitForTrailers: !isWhole })
      if (!isWhole) request.pipe(stream)
    })
    request.on('trailers', (given: IncomingHttpHeaders) => (trailers = given))
    stream.on('wantTrailers', () => {
      stream.sendTrailers(trailers)
    })
    stream.on('close', () => {
      request.close()
    })
    stream.pipe(request)
  })
  return {
    port: await listen(server),
    close: () => {
      server.close()
      upstream.destroy()
    },
  }
}

/** The flag of an HTTP/2 frame that nothing follows (RFC 9113, section 6.2). */
const END_STREAM = 1
