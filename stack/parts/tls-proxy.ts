import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { HOST } from '../processes/ports.ts'
import type { CertificateAuthority, Leaf } from './certificates.ts'

/** `close` ends its connections, too. */
export type TlsProxy = { port: number; close: () => void }

/**
 * TLS before a server of HTTP/2 on loopback that has none, such as Temporal's development server. Every byte passes as it is.
 * @param authority the CA of the certificates that clients need; without it they need none
 */
export async function startTlsProxy(
  target: number,
  port: number,
  leaf: Leaf,
  authority?: CertificateAuthority,
): Promise<TlsProxy> {
  const demands =
    authority === undefined
      ? {}
      : { ca: readFileSync(authority.file), requestCert: true, rejectUnauthorized: true }
  const files = { cert: readFileSync(leaf.cert), key: readFileSync(leaf.key) }
  const clients = new Set<TLSSocket>()
  const server = createServer({ ...files, ...demands, ALPNProtocols: ['h2'] }, (client) => {
    clients.add(client.once('close', () => clients.delete(client)))
    const upstream = connect(target, HOST)
    client.pipe(upstream).pipe(client)
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy())
  })
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  server.once('error', reject)
  server.listen(port, HOST, () => {
    resolve(undefined)
  })
  await promise
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => {
      server.close()
      for (const client of clients) client.destroy()
    },
  }
}
