import type { TlsClient } from '../../tls/tls-client.ts'
import { TLS_PARAMETERS } from '../../config/postgres-tls.ts'

/** Where a database is and how its wire is encrypted. */
export type PostgresWire = {
  /** The URL without what is said here: postgres.js would send parameters that it does not know to the server. */
  url: string
  /** The name that the server's certificate must have. */
  host: string
  /** Where the server is: the parameter `hostaddr`, else the host. */
  address: string
  port: number
  /** Null: plaintext. */
  tls: TlsClient | null
}

const DEFAULT_PORT = 5432

/**
 * Takes a valid Postgres URL apart.
 * @param setting what messages call the setting with the URL
 */
export function postgresWire(text: string, setting = 'DATABASE_URL'): PostgresWire {
  const url = new URL(text)
  const parameters = new Map(url.searchParams)
  for (const name of [...TLS_PARAMETERS, 'hostaddr']) url.searchParams.delete(name)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {
    url: url.href,
    host,
    address: parameters.get('hostaddr') ?? host,
    port: Number(url.port || DEFAULT_PORT),
    tls: parameters.get('sslmode') === 'verify-full' ? tlsOf(parameters, setting) : null,
  }
}

/** Where a node is, as people are shown it: without what else the URL holds. */
export function nodeAddress(url: string): string {
  const { address, port } = postgresWire(url)
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

function tlsOf(parameters: ReadonlyMap<string, string>, setting: string): TlsClient {
  const ca = parameters.get('sslrootcert') ?? null
  return {
    // As in libpq: the word stands for the CAs that the system trusts.
    ca: ca === 'system' ? null : ca,
    cert: parameters.get('sslcert') ?? null,
    key: parameters.get('sslkey') ?? null,
    serverName: null,
    settings: {
      address: setting,
      ca: `sslrootcert in ${setting}`,
      cert: `sslcert in ${setting}`,
      key: `sslkey in ${setting}`,
      otherName: 'name its address by the parameter hostaddr and set the host',
      off: `set sslmode=disable in ${setting}`,
    },
  }
}
