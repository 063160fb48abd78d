import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type PeerCertificate } from 'node:tls'
import { type TlsClient, tlsOptions } from './tls-client.ts'

/** What a server proves itself by. */
export type Certificate = {
  /** The names and addresses that it is for (subjectAltName). */
  names: string[]
  expiresAt: Date
}

/** What is said in plaintext before TLS begins; '' where it begins at once. */
export type Preamble = '' | 'postgres' | 'ldap'

type Server = {
  host: string
  port: number
  tls: TlsClient
  preamble: Preamble
  protocol?: string
  patienceMs: number
}

const preambles: Record<Exclude<Preamble, ''>, Buffer> = {
  // https://www.postgresql.org/docs/18/protocol-message-formats.html (SSLRequest): length 8, code 80877103.
  postgres: Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]),
  // StartTLS, an ExtendedRequest with the name 1.3.6.1.4.1.1466.20037 (RFC 4511, section 4.14.1).
  ldap: Buffer.concat([
    Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]),
    Buffer.from('1.3.6.1.4.1.1466.20037', 'latin1'),
  ]),
}

/**
 * Reads the certificate that a server shows, whether it is good or not: nothing is sent over the connection. Null: none was shown in
 * time, or this process cannot read its own files.
 */
export async function readCertificate({ patienceMs, ...server }: Server): Promise<Certificate | null> {
  const socket = connect({ host: server.host, port: server.port })
  const timer = setTimeout(() => socket.destroy(new Error('time is up')), patienceMs)
  // Whoever waits for an event hears of it, too; afterwards nobody does.
  socket.on('error', () => undefined)
  try {
    return await shownOn(socket, server)
  } catch {
    return null
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

async function shownOn(raw: Socket, { host, tls, preamble, protocol }: Omit<Server, 'patienceMs'>) {
  await once(raw, 'connect')
  if (preamble !== '') {
    raw.write(preambles[preamble])
    await Promise.race([
      once(raw, 'data'),
      once(raw, 'close').then(() => Promise.reject(new Error('closed'))),
    ])
  }
  const socket = connectTls({
    ...tlsOptions(tls, host),
    socket: raw,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(protocol === undefined ? {} : { ALPNProtocols: [protocol] }),
  })
  const closed = once(raw, 'close').then(() => Promise.reject(new Error('closed')))
  closed.catch(() => undefined)
  await Promise.race([once(socket, 'secureConnect'), closed])
  return certificateOf(socket.getPeerCertificate())
}

function certificateOf({ subjectaltname = '', valid_to: validTo }: PeerCertificate): Certificate | null {
  const expiresAt = new Date(validTo)
  if (Number.isNaN(expiresAt.getTime())) return null
  return {
    names: subjectaltname.split(', ').map((name) => name.replace(/^(DNS|IP Address):/, '')),
    expiresAt,
  }
}
