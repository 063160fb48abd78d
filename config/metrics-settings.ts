import type { z } from 'zod'
import { listenHost, port } from './setting-kinds.ts'
import type { settings } from './settings.ts'

export const metricsSettings = {
  METRICS_HOST: listenHost().describe(
    'Address that metrics are served on, over plain HTTP and without sign-in: loopback, or a network that only Prometheus reaches.',
  ),
  API_METRICS_PORT: port().describe(
    'Port of `/metrics` of the API; unset, it serves none. 0 takes a free one.',
  ),
  WORKER_METRICS_PORT: port().describe(
    'Port of `/metrics` of a worker; unset, it serves none. 0 takes a free one.',
  ),
  TEMPORAL_METRICS_PORT: port().describe(
    'Port on which the library of Temporal in a worker serves metrics of its own; unset, it serves none.',
  ),
}

/** Where metrics are served; null: they are not. */
export type MetricsConfig = {
  host: string
  api: number | null
  worker: number | null
  temporal: number | null
}

export const metricsOf = (env: z.infer<typeof settings>): MetricsConfig => ({
  host: env.METRICS_HOST,
  api: env.API_METRICS_PORT,
  worker: env.WORKER_METRICS_PORT,
  temporal: env.TEMPORAL_METRICS_PORT,
})
