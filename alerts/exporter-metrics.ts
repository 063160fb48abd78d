import type { exporterMetrics as served } from '../metrics/exporter-metrics.ts'

type OfKafka = (typeof served)['kafka']['series'][number]

/** Metrics of others that the rules read, by who serves them. */
export const exporterMetrics = {
  prometheus: ['up'],
  'prom-client': ['process_start_time_seconds'],
  'Kafka, by the JMX exporter': [
    'kafka_controller_kafkacontroller_offlinepartitionscount',
    'kafka_server_replicamanager_underminisrpartitioncount',
    'kafka_server_replicamanager_underreplicatedpartitions',
  ] satisfies OfKafka[],
  'node exporter': ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes'],
  'kubelet of Kubernetes': ['kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes'],
} as const satisfies Record<string, readonly string[]>
