import { connect } from 'node:tls'
import { explainClosed, explainTls } from './explain-tls.ts'
import { type TlsClient, tlsOptions } from './tls-client.ts'
import type { TlsProblem } from './tls-problem.ts'

type Probe = {
  host: string
  port: number
  tls: TlsClient
  /** Of ALPN, such as h2. The server must be one that speaks first, as of HTTP/2. */
  protocol: string
  patienceMs: number
}

/**
 * Opens a TLS connection as a client would, and says what is wrong with it. Null: nothing, or it is no matter of TLS. A server of TLS
 * 1.3 looks at the client's certificate after the handshake, so the probe waits for the server's first bytes.
 */
export async function probeTls({ host, port, tls, protocol, patienceMs }: Probe): Promise<TlsProblem | null> {
  const { promise, resolve } = Promise.withResolvers<TlsProblem | null>()
  const timer = setTimeout(() => {
    resolve(null)
  }, patienceMs)
  try {
    let isSecure = false
    const socket = connect({ ...tlsOptions(tls, host), host, port, ALPNProtocols: [protocol] })
    socket
      .on('secureConnect', () => (isSecure = true))
      .on('error', (error) => {
        resolve(explainTls(error, tls))
      })
      .on('data', () => {
        resolve(null)
      })
      .on('close', () => {
        resolve(isSecure ? explainClosed(tls) : null)
      })
    void promise.then(() => socket.destroy())
    return await promise
  } catch (error) {
    return explainTls(error, tls)
  } finally {
    clearTimeout(timer)
  }
}

/** Whether a server that is spoken to in plaintext would take TLS. Nothing is sent but the beginning of a handshake. */
export async function speaksTls(host: string, port: number, patienceMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, rejectUnauthorized: false })
  const timer = setTimeout(() => {
    resolve(false)
  }, patienceMs)
  socket
    .on('secureConnect', () => {
      resolve(true)
    })
    .on('error', () => {
      resolve(false)
    })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}
