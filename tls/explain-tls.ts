import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'
import type { TlsClient } from './tls-client.ts'
import { type TlsFault, TlsProblem } from './tls-problem.ts'

/**
 * Codes of OpenSSL's verification and of Node (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 * Alerts are what the other side says of us (RFC 8446, section 6).
 */
const faults: [RegExp, TlsFault][] = [
  [/^ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT)$|^HOSTNAME_MISMATCH$/, 'name'],
  [/^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/, 'time'],
  [
    /^UNABLE_TO_(GET_ISSUER_CERT|GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE)$|SELF_SIGNED|^CERT_UNTRUSTED$|^CERT_SIGNATURE_FAILURE$|^INVALID_CA$|^INVALID_PURPOSE$|^CERT_CHAIN_TOO_LONG$/,
    'authority',
  ],
  [
    /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(REVOKED|EXPIRED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED)$/,
    'client_certificate',
  ],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_TOO_(SMALL|LARGE)/, 'plaintext'],
  [/^ERR_SSL_|^EPROTO$/, 'handshake'],
]

/** Node's message where the other side closes instead of answering the beginning of a handshake. */
const CLOSED_EARLY = 'Client network socket disconnected before secure TLS connection was established'

/** Which fault an error of Node's TLS is; null: it is none of TLS, such as a refused connection. */
export function tlsFaultOf(error: unknown): TlsFault | null {
  if (error instanceof TlsProblem) return error.fault
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (message === CLOSED_EARLY) return 'plaintext'
  return typeof code === 'string' ? (faults.find(([pattern]) => pattern.test(code))?.[1] ?? null) : null
}

/** Says which setting an error of TLS is about; null: it is none of TLS. */
export function explainTls(error: unknown, client: TlsClient): TlsProblem | null {
  if (error instanceof TlsProblem) return error
  const fault = tlsFaultOf(error)
  if (fault === null) return null
  const { code } = error as { code: string }
  return new TlsProblem(fault, messages[fault](client, code), { cause: error })
}

/**
 * Of a server that closes a connection after the handshake and does not say why. A server of TLS 1.3 looks at the client's
 * certificate only then, and its alert is lost where the connection is reset.
 */
export const explainClosed = (client: TlsClient): TlsProblem => {
  const { cert, settings } = client
  const guess =
    cert === null
      ? `it may want a client certificate: set ${settings.cert} and ${settings.key}`
      : `it may refuse the client certificate of ${settings.cert}${isValidNow(cert) ? '' : `, which ${NOT_VALID}`}`
  return new TlsProblem(
    'client_certificate',
    `the server of ${settings.address} closes the connection after the handshake: ${guess}`,
  )
}

const NOT_VALID = 'is expired or not valid yet'
const RESETS = ['ECONNRESET', 'EPIPE']

/**
 * Makes the errors of a socket say which setting is wrong. Call it before anybody else listens: it changes message and code,
 * since drivers repeat these of an error and nothing else.
 */
export function explainErrors(socket: TLSSocket, client: TlsClient): void {
  let isSecure = false
  let isAnswered = false
  socket.once('secureConnect', () => (isSecure = true)).once('data', () => (isAnswered = true))
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const isReset = isSecure && !isAnswered && RESETS.includes(error.code ?? '')
    const problem = isReset ? explainClosed(client) : explainTls(error, client)
    if (problem !== null) Object.assign(error, { message: problem.message, code: problem.code })
  })
}

type Message = (client: TlsClient, code: string) => string

const wantsCertificate = ({ settings: { address, cert, key } }: TlsClient) =>
  `the server of ${address} wants a client certificate: set ${cert} and ${key}`

const messages: Record<TlsFault, Message> = {
  authority: ({ ca, settings }) =>
    ca === null
      ? `no CA that Node.js trusts issued the certificate of the server: set ${settings.ca} to the PEM file of its CA`
      : `no CA of ${settings.ca} issued the certificate of the server: correct ${settings.ca}, or ${settings.address}`,
  name: ({ serverName, settings: { address, otherName } }) =>
    serverName === null
      ? `the certificate of the server is not for the host in ${address}: correct ${address}, or ${otherName} to a name that it is for`
      : `the certificate of the server is not for the name that is set: ${otherName} to a name that it is for`,
  time: ({ ca, settings }, code) => {
    const what = code === 'CERT_NOT_YET_VALID' ? 'is not valid yet' : 'has expired'
    return ca !== null && !isValidNow(ca)
      ? `a certificate of ${settings.ca} ${what}: replace it, or correct the clock of this machine`
      : `the certificate of the server of ${settings.address} ${what}: renew it there, or correct the clock of this machine`
  },
  client_certificate: (client, code) => {
    const { cert, settings } = client
    if (cert === null) return wantsCertificate(client)
    const why = isValidNow(cert) ? alertOf(code) : `it ${NOT_VALID}`
    return `the server of ${settings.address} refuses the client certificate of ${settings.cert} (${why}): replace it and ${settings.key}`
  },
  plaintext: ({ settings: { address, off } }) =>
    `what answers does not speak TLS: correct ${address}, or ${off} if plaintext is wanted`,
  files: ({ settings: { cert, key } }, code) => `correct ${cert} and ${key} (${code})`,
  handshake: ({ settings: { address } }, code) =>
    `the server of ${address} and this process agree on no TLS 1.2 or 1.3 connection (${code})`,
}

/** The alert in a code such as ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED, in lower case. */
const alertOf = (code: string): string =>
  code
    .replace(/^.*ALERT_/, '')
    .replaceAll('_', ' ')
    .toLowerCase()

/** Whether every certificate of a PEM file is valid at this moment; true where the file cannot be read. */
function isValidNow(path: string): boolean {
  try {
    const pems = readFileSync(path, 'utf8').match(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
    )
    const now = Date.now()
    return (pems ?? []).every((pem) => {
      const { validFrom, validTo } = new X509Certificate(pem)
      return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
    })
  } catch {
    return true
  }
}
