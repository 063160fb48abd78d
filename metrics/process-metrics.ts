import type { Registry } from 'prom-client'
import { makeMetrics, type Metric } from './metric.ts'

/** Metrics of every process, besides those of Node.js (serve-metrics.ts). */
export const processMetrics = {
  rollcall_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: {
      version: 'version of Rollcall',
      node_version: 'version of Node.js',
      role: '`api`, `worker` or `upkeep`',
    },
  },
  rollcall_memory_bytes: {
    type: 'gauge',
    help: 'Memory of the process. Array buffers are part of what is external, and all are part of what is resident as far as they are used.',
    labels: { kind: '`resident`, `heap`, `heap_used`, `external` or `array_buffers`' },
  },
  rollcall_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help: 'When the first certificate of a wire expires. Of servers, it is that of the last connection to each; absent before.',
    labels: {
      wire: 'the server that this process speaks to: `kafka`, `kafka_tokens`, `postgres`, `temporal`, `identity_provider` or `directory`; with `_client`: the certificate that this process shows there; `api` or `worker`: the one that it serves',
    },
  },
  rollcall_pool_connections: {
    type: 'gauge',
    help: 'Connections to Postgres that are open, and requests of an API that wait for one.',
    labels: {
      pool: 'of an API: `primary`, `replica`, `audit`, `looks`, `sessions` or `tokens`; of a worker: `worker`, `share`, `upkeep`, `slice`, `batch`, `audit` or `retention`',
      state: '`used`: a statement or transaction runs; `idle`; `waiting`: for a connection',
    },
  },
} as const satisfies Record<string, Metric>

/** What a process knows of itself at a scrape. */
export type ProcessFacts = {
  /** By wire: when the first certificate expires. */
  certificates: ReadonlyMap<string, Date>
  /** By pool: how its connections are used. */
  pools: ReadonlyMap<string, Readonly<Record<'used' | 'idle' | 'waiting', number>>>
}

const memoryKinds = [
  ['resident', 'rss'],
  ['heap', 'heapTotal'],
  ['heap_used', 'heapUsed'],
  ['external', 'external'],
  ['array_buffers', 'arrayBuffers'],
] as const

/** Makes the metrics that every process has. `show` brings them up to date. */
export function createProcessMetrics(registry: Registry, role: 'api' | 'worker' | 'upkeep', version: string) {
  const metrics = makeMetrics(registry, processMetrics)
  metrics.rollcall_build_info.set({ version, node_version: process.versions.node, role }, 1)
  return {
    show: ({ certificates, pools }: ProcessFacts): void => {
      const {
        rollcall_certificate_expiry_timestamp_seconds: expiry,
        rollcall_pool_connections: connections,
      } = metrics
      const memory = process.memoryUsage()
      for (const [kind, field] of memoryKinds) metrics.rollcall_memory_bytes.set({ kind }, memory[field])
      expiry.reset()
      for (const [wire, at] of certificates) expiry.set({ wire }, at.getTime() / 1_000)
      connections.reset()
      for (const [pool, use] of pools)
        for (const state of ['used', 'idle', 'waiting'] as const) connections.set({ pool, state }, use[state])
    },
  }
}
