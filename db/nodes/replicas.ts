import { lookup } from 'node:dns/promises'
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
  urls: readonly string[],
  report: ReportNode,
  resolveHost: ResolveHost = systemAddresses,
): Replicas {
  const hosts = urls.map((url) => createHost(url, report, resolveHost))
  return {
    nodes: async () => (await Promise.all(hosts.map((host) => host.nodes()))).flat(),
    close: async () => {
      await Promise.all(hosts.map((host) => host.close()))
    },
  }
}

function createHost(url: string, report: ReportNode, resolveHost: ResolveHost): Replicas {
  const { hostname } = new URL(url)
  const byAddress = new Map<string, ReadNode>()
  let resolving: Promise<void> | null = null
  let resolvedMs = -Infinity

  const resolve = async () => {
    const addresses = await resolveHost(hostname.replace(/^\[|\]$/g, ''))
    for (const [address, node] of byAddress) {
      if (addresses.includes(address)) continue
      byAddress.delete(address)
      void node.close()
    }
    for (const address of addresses)
      if (!byAddress.has(address)) byAddress.set(address, createReadNode(at(url, address), 'replica', report))
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

const at = (url: string, address: string): string =>
  Object.assign(new URL(url), { hostname: address.includes(':') ? `[${address}]` : address }).href

/** Addresses of one family only: a host with IPv4 and IPv6 would otherwise count as two replicas. */
async function systemAddresses(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true })
  return found.filter(({ family }) => family === found[0]?.family).map(({ address }) => address)
}
