import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { certificatesSeen } from '../tls/certificates-seen.ts'
import type { Config } from './config.ts'

/** The wires whose servers show certificates, by the setting with their address. */
const wires: Readonly<Record<string, string>> = {
  KAFKA_BROKERS: 'kafka',
  KAFKA_OAUTHBEARER_TOKEN_ENDPOINT_URL: 'kafka_tokens',
  DATABASE_URL: 'postgres',
  DATABASE_REPLICA_URLS: 'postgres',
  TEMPORAL_ADDRESS: 'temporal',
  OIDC_ISSUERS: 'identity_provider',
  LDAP_URLS: 'directory',
}

type Configured = Pick<Config, 'kafka' | 'database' | 'temporal' | 'ldap' | 'api' | 'worker'>

/**
 * When the first certificate of each wire expires: of the servers that this process connected to, and of the files that it
 * has for itself, as they are now. A file that cannot be read is left out: its wire says so itself.
 */
export function certificateExpiries(
  config: Configured,
  role: 'api' | 'worker' | 'upkeep',
): ReadonlyMap<string, Date> {
  const first = new Map<string, Date>()
  const add = (wire: string, expiresAt: Date) => {
    const known = first.get(wire)
    if (known === undefined || expiresAt < known) first.set(wire, expiresAt)
  }
  for (const { setting, expiresAt } of certificatesSeen()) {
    const wire = wires[setting]
    if (wire !== undefined) add(wire, expiresAt)
  }
  for (const { wire, path } of ownFiles(config, role))
    for (const expiresAt of expiriesIn(path)) add(wire, expiresAt)
  return first
}

type OwnFile = { wire: string; path: string }

function ownFiles(config: Configured, role: 'api' | 'worker' | 'upkeep'): OwnFile[] {
  const { kafka, database, temporal, ldap } = config
  const urls = [database.url, ...database.replicaUrls]
  const files: OwnFileOrNone[] = [
    ['kafka_client', kafka.tls?.cert],
    ['temporal_client', temporal.tls?.cert],
    ['directory_client', ldap?.tls.cert],
    role === 'api' ? [role, config.api.tls?.cert] : ['worker', config.worker.tls?.cert],
    ...urls.map((url): OwnFileOrNone => ['postgres_client', new URL(url).searchParams.get('sslcert')]),
  ]
  return files.flatMap(([wire, path]) => (path == null ? [] : [{ wire, path }]))
}

type OwnFileOrNone = [wire: string, path: string | null | undefined]

/** Of every certificate of a PEM file: an authority between it and its CA may expire first. */
function expiriesIn(path: string): Date[] {
  try {
    const pems = readFileSync(path, 'utf8').match(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
    )
    return (pems ?? []).map((pem) => new Date(new X509Certificate(pem).validTo))
  } catch {
    return []
  }
}
