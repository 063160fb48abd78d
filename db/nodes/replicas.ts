import { lookup } from 'node:dns/promises'
import { createReadNode, type ReadNode, type ReportNode } from './node.ts'

/** Addresses of a host. @throws when it has none */
export type ResolveHost = (host: string) => Promise<string[]>

export type Replicas = {
  /** The replicas there are; of a host that cannot be resolved for the moment, those there were. */
  nodes(): Promise<ReadNode[]>
  close(): Promise<void>
}

/** Replicas come and go with what their host resolves to, as that of a headless service does: looked up this often. */
const RESOLVE_EVERY_MS = 5_000

/**
 * A node for every address of every replica's host, so that replicas are added and removed while this runs.
 * Nothing is looked up until it is asked for, and no request waits for it but the first.
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
      // A host without an address has no replicas to ask; those known before are still tried.
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

/** Of one family: a host with both would be every replica twice. */
async function systemAddresses(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true })
  return found.filter(({ family }) => family === found[0]?.family).map(({ address }) => address)
}
