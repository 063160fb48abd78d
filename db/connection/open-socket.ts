import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { explainErrors, explainTls } from '../../tls/explain-tls.ts'
import { failedSocket } from '../../tls/failed-socket.ts'
import { type TlsClient, tlsOptions } from '../../tls/tls-client.ts'
import { TlsProblem } from '../../tls/tls-problem.ts'
import { READY } from './pool-use.ts'
import type { PostgresWire } from './postgres-wire.ts'

/** As long as postgres.js itself waits for a session. */
const SECURE_MS = 5_000
/** https://www.postgresql.org/docs/18/protocol-message-formats.html (SSLRequest): length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const WILLING = 'S'

/**
 * Opens the socket in place of postgres.js, for three reasons. postgres.js does not set TCP_NODELAY, without
 * which a COPY takes tens of milliseconds more. If the other side closes a connection before a session is
 * open, as a balancer without servers or another kind of server does, postgres.js connects again for ever and
 * reports nothing. And it compares certificates with "localhost" where it does not open the socket.
 */
export function openSocket(wire: PostgresWire): Socket | Promise<Socket> {
  const { address, port, tls } = wire
  const raw = connect({ host: address, port, noDelay: true })
  // postgres.js reads these two properties for its messages.
  const named = (socket: Socket) => Object.assign(socket, { host: address, port })
  if (tls === null) return refuseEarlyEnd(named(raw), wire)
  return secure(raw, tls, wire).then(
    (socket) => refuseEarlyEnd(named(socket), wire),
    (error: unknown) => {
      raw.destroy()
      return named(failedSocket(error as Error))
    },
  )
}

function refuseEarlyEnd(socket: Socket, { address, port }: PostgresWire): Socket {
  let last: Buffer = Buffer.alloc(0)
  const listen = (chunk: Buffer) => {
    last = Buffer.concat([last, chunk]).subarray(-READY.length)
    if (!last.equals(READY)) return
    socket.off('data', listen)
    socket.off('end', refuse)
  }
  const refuse = () => {
    socket.destroy(closedEarly(address, port))
  }
  return socket.on('data', listen).once('end', refuse)
}

const closedEarly = (address: string, port: number): Error =>
  Object.assign(new Error(`${address}:${port} closed the connection before a session was open`), {
    code: 'CONNECTION_CLOSED',
  })

/**
 * Asks the server for TLS and makes sure who it is. Never goes on in plaintext.
 * @throws {TlsProblem} the message names the setting; Node's error if there is no connection
 */
async function secure(raw: Socket, tls: TlsClient, { host, address, port }: PostgresWire): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const timer = setTimeout(() => {
    reject(Object.assign(new Error(`${address}:${port} does not answer`), { code: 'CONNECT_TIMEOUT' }))
  }, SECURE_MS)
  const fail = (error: Error) => {
    reject(explainTls(error, tls) ?? error)
  }
  raw.once('error', fail).once('end', () => {
    reject(closedEarly(address, port))
  })
  raw.write(SSL_REQUEST)
  raw.once('data', (answer) => {
    // More than one byte would have been sent by somebody in between, before the server was known.
    if (answer.toString('latin1') !== WILLING) {
      reject(
        new TlsProblem(
          'plaintext',
          `the server has no TLS: turn ssl on there, correct ${tls.settings.address}, or ${tls.settings.off}`,
        ),
      )
      return
    }
    try {
      const socket = connectTls({ ...tlsOptions(tls, host), socket: raw })
      explainErrors(socket, tls)
      socket.once('error', fail).once('secureConnect', () => {
        socket.off('error', fail)
        resolve(socket)
      })
    } catch (error) {
      fail(error as Error)
    }
  })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}
