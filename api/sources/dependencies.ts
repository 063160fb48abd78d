import { atMostEach } from '../../concurrency/at-most-each.ts'
import { withDeadline } from '../../concurrency/with-deadline.ts'
import type { Config } from '../../config/config.ts'
import { postgresWire } from '../../db/connection/postgres-wire.ts'
import type { NodeLook } from '../../db/nodes/node.ts'
import { type Certificate, type Preamble, readCertificate } from '../../tls/read-certificate.ts'
import type { TlsClient } from '../../tls/tls-client.ts'
import type { Dependency, DependencyKind } from '../context/source-types.ts'

/** How long a dependency may take to answer; it takes milliseconds. */
const DEADLINE_MS = 2_000
/** Looks that come sooner are given what the one before found. */
const YOUNGEST_MS = 1_000
/** A certificate is looked at by a connection of its own. */
const CERTIFICATE_AGE_MS = 60_000

/** What can be looked at; each look throws what is said of a dependency that does not answer. */
export type Looks = {
  kafka: () => Promise<unknown>
  temporal: () => Promise<unknown>
  /** Rejects also while nobody can know. */
  workers: () => Promise<unknown>
  /** Rejects also while the primary is away, which alone knows. */
  upkeep: () => Promise<unknown>
  /** Of the primary and of every replica. */
  nodes: () => Promise<NodeLook[]>
  /** By issuer. */
  identityProviders: Record<string, () => Promise<unknown>>
  /** Null: there is none. */
  directory: (() => Promise<unknown>) | null
}

/** Looks at each dependency of the API, for all who ask at once: whether it answers, how soon, and by which certificate. */
export function createDependencies(config: Config, looks: Looks): () => Promise<Dependency[]> {
  const certificates = new Map<string, { readMs: number; read: Promise<Certificate | null> }>()
  const certificateOf = async (servers: readonly Server[]): Promise<Certificate | null> => {
    const read = await Promise.all(servers.map(certificateOfOne))
    const shown = read.filter((certificate) => certificate !== null)
    return shown.sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())[0] ?? null
  }
  const certificateOfOne = (server: Server): Promise<Certificate | null> => {
    const name = `${server.host}:${server.port}`
    const known = certificates.get(name)
    if (known !== undefined && performance.now() - known.readMs < CERTIFICATE_AGE_MS) return known.read
    const read = readCertificate({ ...server, patienceMs: DEADLINE_MS })
    certificates.set(name, { readMs: performance.now(), read })
    // What shows none may show one a moment later.
    void read.then((certificate) => certificate === null && certificates.delete(name))
    return read
  }
  const one = async (
    kind: DependencyKind,
    address: string,
    servers: readonly Server[] | null,
    look: () => Promise<unknown>,
  ): Promise<Dependency> => {
    const [found, certificate] = await Promise.all([
      timed(look),
      servers === null ? null : certificateOf(servers),
    ])
    const isEncrypted = address === '' ? null : servers !== null
    return { kind, address, ...found, delayMs: null, isEncrypted, certificate }
  }
  const nodes = async (): Promise<Dependency[]> =>
    await Promise.all(
      (await looks.nodes()).map(async ({ node, isUp, latencyMs, delayMs, problem }): Promise<Dependency> => {
        const [role = '', address = ''] = node.split(' ')
        const servers = postgresServers(config, role, address)
        return {
          kind: role === 'primary' ? 'postgres_primary' : 'postgres_replica',
          ...{ address, isUp, latencyMs, message: problem },
          delayMs: role === 'primary' ? null : delayMs,
          isEncrypted: servers !== null,
          certificate: servers === null ? null : await certificateOf(servers),
        }
      }),
    )
  const { kafka, temporal, identity, ldap } = config
  const readAll = async (): Promise<Dependency[]> => {
    const found = await Promise.all([
      one('kafka', kafka.brokers.join(','), serversOf(kafka.brokers, kafka.tls), looks.kafka),
      nodes(),
      one('temporal', temporal.address, serversOf([temporal.address], temporal.tls, 'h2'), looks.temporal),
      one('workers', '', null, looks.workers),
      one('upkeep', '', null, looks.upkeep),
      Promise.all(
        Object.entries(looks.identityProviders).map(([issuer, look]) =>
          one('identity_provider', issuer, issuerServers(issuer, identity?.tls ?? null), look),
        ),
      ),
      looks.directory === null || ldap === null
        ? []
        : one(
            'directory',
            ldap.servers.map(({ host, port }) => `${host}:${port}`).join(','),
            ldap.servers.map(({ host, port, startTls }) => ({
              ...{ host, port, tls: ldap.tls },
              preamble: startTls ? 'ldap' : '',
            })),
            looks.directory,
          ),
    ])
    return found.flat()
  }
  return atMostEach(YOUNGEST_MS, () => performance.now(), readAll)
}

type Server = { host: string; port: number; tls: TlsClient; preamble: Preamble; protocol?: string }

/** Null: plaintext. */
const serversOf = (
  addresses: readonly string[],
  tls: TlsClient | null,
  protocol?: string,
): Server[] | null =>
  tls === null
    ? null
    : addresses.map((address) => ({
        ...splitAddress(address),
        tls,
        preamble: '',
        ...(protocol === undefined ? {} : { protocol }),
      }))

function issuerServers(issuer: string, tls: TlsClient | null): Server[] | null {
  const { protocol, hostname, port } = new URL(issuer)
  if (protocol !== 'https:' || tls === null) return null
  return [{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 443), tls, preamble: '' }]
}

/** A replica's host may have many addresses; its certificate is for the host. */
function postgresServers({ database }: Config, role: string, node: string): Server[] | null {
  const urls = role === 'primary' ? [database.url] : database.replicaUrls
  const { host, port } = splitAddress(node)
  const wire = urls.map((url) => postgresWire(url)).find((one) => one.port === port)
  if (wire === undefined || wire.tls === null) return null
  return [{ host, port, tls: { ...wire.tls, serverName: wire.host }, preamble: 'postgres' }]
}

function splitAddress(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) }
}

/** `message` is '' where there is nothing to say. */
async function timed(
  look: () => Promise<unknown>,
): Promise<Pick<Dependency, 'isUp' | 'latencyMs' | 'message'>> {
  const startMs = performance.now()
  try {
    await withDeadline(look(), { milliseconds: DEADLINE_MS, message: `no answer within ${DEADLINE_MS} ms` })
    return { isUp: true, latencyMs: performance.now() - startMs, message: '' }
  } catch (error) {
    return { isUp: false, latencyMs: null, message: error instanceof Error ? error.message : String(error) }
  }
}
