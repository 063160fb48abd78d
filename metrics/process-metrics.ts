import { Registry } from 'prom-client'
import { makeMetrics, type Metric } from './metric.ts'

/** Metrics of every process, besides those of Node.js (serve-metrics.ts). */
export const processMetrics = {
  rollcall_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels say what runs.',
    labels: { version: 'version of Rollcall', node_version: 'version of Node.js', role: '`api` or `worker`' },
  },
} as const satisfies Record<string, Metric>

/** A registry with the metrics that every process has. */
export function createRegistry(role: 'api' | 'worker', version: string): Registry {
  const registry = new Registry()
  makeMetrics(registry, processMetrics).rollcall_build_info.set(
    { version, node_version: process.versions.node, role },
    1,
  )
  return registry
}
