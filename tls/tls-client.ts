import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { checkServerIdentity, createSecureContext, type PeerCertificate } from 'node:tls'
import { noteCertificate } from './certificates-seen.ts'
import { TlsProblem } from './tls-problem.ts'

/** How this process proves servers, and itself to them. Paths name PEM files. */
export type TlsClient = {
  /** CAs that may have issued the server's certificate; null: those that Node.js trusts. */
  ca: string | null
  /** The client's certificate with what is between it and its CA, and its key; null: it has none. */
  cert: string | null
  key: string | null
  /** The name that the server's certificate must have; null: the host that is connected to. */
  serverName: string | null
  /** How messages name what to change, and the one with the address. */
  settings: TlsSettings
}

/** How messages name the settings of a wire. */
export type TlsSettings = {
  address: string
  ca: string
  cert: string
  key: string
  /** What to do where the certificate is for another name than the address, such as "set KAFKA_TLS_SERVER_NAME". */
  otherName: string
  /** What to do where plaintext is wanted, such as "set KAFKA_TLS=false". */
  off: string
}

type TlsFiles = Pick<TlsClient, 'cert' | 'key'> & {
  ca?: string | null
  settings: Pick<TlsSettings, 'cert' | 'key'> & { ca?: string }
}

/** What is in the files, as Node, grpc-js and the Temporal SDK take it. */
type TlsMaterial = { ca?: Buffer; cert?: Buffer; key?: Buffer }

/**
 * Reads the files anew, so that a changed certificate counts from the next connection on.
 * @throws {TlsProblem} a file cannot be used; the message names its setting
 */
export function readTlsFiles({ ca = null, cert, key, settings }: TlsFiles): TlsMaterial {
  const material = {
    ...(ca === null ? {} : { ca: readCa(ca, settings.ca ?? '') }),
    ...(cert === null ? {} : { cert: read(cert, settings.cert) }),
    ...(key === null ? {} : { key: read(key, settings.key) }),
  }
  try {
    createSecureContext(material)
  } catch (error) {
    throw unusable(error, settings)
  }
  return material
}

/** Those of `tls.connect` that prove a server. */
type TlsOptions = TlsMaterial & {
  servername: string
  checkServerIdentity: typeof checkServerIdentity
  rejectUnauthorized: true
  minVersion: 'TLSv1.2'
}

/**
 * Options of `tls.connect` for a server: its certificate must be of a trusted CA, valid now, and for its name.
 * @throws {TlsProblem} as readTlsFiles
 */
export function tlsOptions(client: TlsClient, host: string): TlsOptions {
  const name = client.serverName ?? host
  return {
    ...readTlsFiles(client),
    // IP addresses are no server names (RFC 6066, section 3).
    servername: isIP(name) === 0 ? name : '',
    // With an IP address, Node would compare the certificate with "localhost" where it is given a socket.
    checkServerIdentity: (_, certificate) => checkAndNote(client, name, certificate),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  }
}

/** As `checkServerIdentity` of node:tls, for drivers that are given it; what passes is noted for metrics. */
export function checkAndNote(
  { settings: { address } }: Pick<TlsClient, 'settings'>,
  name: string,
  certificate: PeerCertificate,
): Error | undefined {
  const problem = checkServerIdentity(name, certificate)
  if (problem === undefined) noteCertificate(address, name, certificate.valid_to)
  return problem
}

function readCa(path: string, setting: string): Buffer {
  const pem = read(path, setting)
  // Node ignores a file without any, and then trusts nobody.
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
  throw new TlsProblem('files', `${setting} must name a PEM file with certificates`)
}

function read(path: string, setting: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new TlsProblem(
      'files',
      `${setting} names a file that cannot be read (${code ?? 'unknown error'})`,
      {
        cause: error,
      },
    )
  }
}

function unusable(error: unknown, { cert, key }: TlsFiles['settings']): TlsProblem {
  const { code = '' } = error as NodeJS.ErrnoException
  const message = code.includes('KEY_VALUES_MISMATCH')
    ? `the key of ${key} is not that of the certificate of ${cert}`
    : `${cert} and ${key} must name PEM files with a certificate and its key, not encrypted (${code})`
  return new TlsProblem('files', message, { cause: error })
}
