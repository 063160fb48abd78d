import type { MetricsConfig } from '../config/metrics-settings.ts'
import { freePort } from '../stack/processes/ports.ts'

/** Those of docker-compose.yml. */
export const usualMetricsPorts = {
  API_METRICS_PORT: 4100,
  WORKER_METRICS_PORT: 4101,
  TEMPORAL_METRICS_PORT: 4102,
}

export type MetricsPorts = Record<keyof typeof usualMetricsPorts, string>

/** Ports of loopback for the metrics of API and worker: those that the environment names, else the usual ones if they are free. */
export async function metricsPorts({ api, worker, temporal }: MetricsConfig): Promise<MetricsPorts> {
  const given = { API_METRICS_PORT: api, WORKER_METRICS_PORT: worker, TEMPORAL_METRICS_PORT: temporal }
  const ports: [string, string][] = []
  for (const [setting, port] of Object.entries(usualMetricsPorts))
    ports.push([setting, String(given[setting as keyof typeof usualMetricsPorts] ?? (await freePort(port)))])
  return Object.fromEntries(ports) as MetricsPorts
}
