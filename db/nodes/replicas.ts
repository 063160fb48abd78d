import { lookup } from 'node:dns/promises'
import type { Database } from '../connection/connect.ts'
import { postgresWire } from '../connection/postgres-wire.ts'
import { createReadNode, type ReadNode, type ReportNode } from './node.ts'

/** Returns the addresses of a host. @throws when it has none */
export type ResolveHost = (host: string) => Promise<string[]>

type Replicas = {
  /**
   * The replicas that exist now; for a host that does not resolve at the moment, those of the last time it
   * did.
   */
  nodes(): Promise<ReadNode[]>
  close(): Promise<void>
}

/**
 * A host, such as that of a headless service, may resolve to other replicas at any time: it is looked up this
 * often.
 */
const RESOLVE_EVERY_MS = 5_000

/**
 * Creates a node for every address of every replica's host, and follows as addresses are added and removed.
 * The first request looks the hosts up and waits for that; later look-ups run beside the requests.
 */
export function createReplicas(
  databases: readonly Database[],
  report: ReportNode,
  resolveHost: ResolveHost = systemAddresses,
): Replicas {
  const hosts = databases.map((database) => createHost(database, report, resolveHost))
  return {
    nodes: async () => (await Promise.all(hosts.map((host) => host.nodes()))).flat(),
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()))
    },
  }
}

function createHost(database: Database, report: ReportNode, resolveHost: ResolveHost): Replicas {
  const { host } = postgresWire(database.url)
  const byAddress = new Map<string, ReadNode>()
  let resolving: Promise<void> | null = null
  let resolvedMs = -Infinity

  const resolve = async () => {
    const addresses = await resolveHost(host)
    for (const [address, node] of byAddress) {
      if (addresses.includes(address)) continue
      byAddress.delete(address)
      void node.close()
    }
    for (const address of addresses)
      if (!byAddress.has(address))
        byAddress.set(address, createReadNode(at(database, address), 'replica', report))
  }
  const startResolving = () =>
    (resolving ??= resolve()
      // The host does not resolve at the moment: the replicas that are known stay.
      .catch(() => undefined)
      .finally(() => {
        resolving = null
        resolvedMs = performance.now()
      }))

  return {
    async nodes() {
      const isDue = performance.now() - resolvedMs > RESOLVE_EVERY_MS
      if (isDue) {
        const done = startResolving()
        if (byAddress.size === 0) await done
      }
      return [...byAddress.values()]
    },
    close: async () => {
      await Promise.all(Array.from(byAddress.values(), (node) => node.close()))
    },
  }
}

/** The host stays the name that a certificate must have. */
function at(database: Database, address: string): Database {
  const url = new URL(database.url)
  url.searchParams.set('hostaddr', address)
  return { ...database, url: url.href }
}

/** Addresses of one family only: a host with IPv4 and IPv6 would otherwise count as two replicas. */
async function systemAddresses(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true })
  return found.filter(({ family }) => family === found[0]?.family).map(({ address }) => address)
}
