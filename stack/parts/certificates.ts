import 'reflect-metadata'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

const DAY_MS = 86_400_000
/** PEM keys of elliptic curves are read by Node, Java, OpenSSL and rustls, and made in a millisecond. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A certificate with its key, as PEM files. */
export type Leaf = { cert: string; key: string }
type LeafOptions = {
  /** The subject, by which servers know a client. */
  name: string
  dns?: string[]
  ips?: string[]
  valid?: 'now' | 'expired' | 'not yet'
}

export type CertificateAuthority = {
  /** PEM file of its certificate. */
  file: string
  /** Issues a certificate for servers and clients. Its files are named after `file`. */
  issue: (file: string, options: LeafOptions) => Promise<Leaf>
}

const periods = {
  now: [-DAY_MS, DAY_MS],
  expired: [-2 * DAY_MS, -DAY_MS],
  'not yet': [DAY_MS, 2 * DAY_MS],
} as const

/** Makes a CA of its own in a folder, for loopback and for tests: its certificates are good for a day. */
export async function createAuthority(folder: string, name: string): Promise<CertificateAuthority> {
  mkdirSync(folder, { recursive: true })
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const [notBefore, notAfter] = dates('now')
  const own = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore,
    notAfter,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  })
  const file = join(folder, `${name}.pem`)
  writeFileSync(file, own.toString('pem'))
  return { file, issue: (as, options) => issue(join(folder, as), own, keys.privateKey, options) }
}

async function issue(
  path: string,
  ca: X509Certificate,
  signingKey: CryptoKey,
  { name, dns = [], ips = [], valid = 'now' }: LeafOptions,
): Promise<Leaf> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const [notBefore, notAfter] = dates(valid)
  const names = [
    ...dns.map((value) => ({ type: 'dns', value }) as const),
    ...ips.map((value) => ({ type: 'ip', value }) as const),
  ]
  const leaf = await X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: ca.subject,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    ],
  })
  const files = { cert: `${path}.crt`, key: `${path}.key` }
  writeFileSync(files.cert, leaf.toString('pem'))
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  writeFileSync(files.key, PemConverter.encode(key, 'PRIVATE KEY'), { mode: 0o600 })
  return files
}

const dates = (valid: keyof typeof periods): [Date, Date] => {
  const [from, to] = periods[valid]
  return [new Date(Date.now() + from), new Date(Date.now() + to)]
}

/** Both in one text, as Kafka takes them. */
export const keyAndCertificate = ({ key, cert }: Leaf): string =>
  [key, cert].map((file) => readFileSync(file, 'utf8')).join('\n')
