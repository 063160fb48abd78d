type Exporter = {
  /** Who serves them, as docs/metrics.md says it. */
  source: string
  /** The series that a live scrape has (test/slow/exporters.test.ts). */
  series: readonly string[]
}

/** What other parts serve that alerts and dashboards may read: by target, some of all that is there. */
export const exporterMetrics = {
  kafka: {
    source:
      "Kafka, by Prometheus' JMX exporter 1.0.1 with [deploy/monitoring/kafka-jmx.yml](../deploy/monitoring/kafka-jmx.yml), which serves all of these and no other of the broker",
    series: [
      'kafka_controller_controllerstats_uncleanleaderelections_total',
      'kafka_controller_kafkacontroller_activebrokercount',
      'kafka_controller_kafkacontroller_activecontrollercount',
      'kafka_controller_kafkacontroller_fencedbrokercount',
      'kafka_controller_kafkacontroller_metadataerrorcount',
      'kafka_controller_kafkacontroller_offlinepartitionscount',
      'kafka_controller_kafkacontroller_preferredreplicaimbalancecount',
      'kafka_log_log_size_bytes',
      'kafka_log_logmanager_offlinelogdirectorycount',
      'kafka_network_requestchannel_requestqueuesize',
      'kafka_network_requestmetrics_requests_total',
      'kafka_network_requestmetrics_totaltimems',
      'kafka_network_socketserver_networkprocessoravgidle_ratio',
      'kafka_server_brokertopicmetrics_bytesin_total',
      'kafka_server_brokertopicmetrics_bytesout_total',
      'kafka_server_brokertopicmetrics_bytesrejected_total',
      'kafka_server_brokertopicmetrics_failedfetchrequests_total',
      'kafka_server_brokertopicmetrics_failedproducerequests_total',
      'kafka_server_brokertopicmetrics_messagesin_total',
      'kafka_server_kafkarequesthandlerpool_requesthandleravgidle_ratio',
      'kafka_server_replicamanager_atminisrpartitioncount',
      'kafka_server_replicamanager_isrexpands_total',
      'kafka_server_replicamanager_isrshrinks_total',
      'kafka_server_replicamanager_leadercount',
      'kafka_server_replicamanager_offlinereplicacount',
      'kafka_server_replicamanager_partitioncount',
      'kafka_server_replicamanager_underminisrpartitioncount',
      'kafka_server_replicamanager_underreplicatedpartitions',
      'kafka_server_socketservermetrics_connections',
    ],
  },
  postgres: {
    source:
      'Postgres, by its exporter 0.11 of Debian with `--no-collector.bgwriter`, whose columns Postgres 17 moved. A primary with a replica; newer exporters were not tried',
    series: [
      'pg_up',
      'pg_database_size_bytes',
      'pg_locks_count',
      'pg_settings_max_connections',
      'pg_stat_activity_count',
      'pg_stat_activity_max_tx_duration',
      'pg_stat_database_blks_hit',
      'pg_stat_database_blks_read',
      'pg_stat_database_deadlocks',
      'pg_stat_database_temp_bytes',
      'pg_stat_database_xact_commit',
      'pg_stat_database_xact_rollback',
      'pg_stat_replication_pg_wal_lsn_diff',
    ],
  },
  temporal: {
    source: 'the Temporal server (`--metrics-port` of the development server)',
    series: [
      'history_size_bucket',
      'persistence_latency_bucket',
      'persistence_requests',
      'service_errors',
      'service_latency_bucket',
      'service_pending_requests',
      'service_requests',
      'task_latency_bucket',
      'task_requests',
    ],
  },
  temporalSdk: {
    source:
      "Temporal's library in a worker, on `TEMPORAL_METRICS_PORT`. That in an API, which is another library, measures nothing",
    series: [
      'temporal_activity_execution_latency_seconds_bucket',
      'temporal_activity_schedule_to_start_latency_seconds_bucket',
      'temporal_num_pollers',
      'temporal_request_latency_seconds_bucket',
      'temporal_request_total',
      'temporal_sticky_cache_size',
      'temporal_worker_task_slots_available',
      'temporal_worker_task_slots_used',
      'temporal_workflow_task_execution_latency_seconds_bucket',
      'temporal_workflow_task_schedule_to_start_latency_seconds_bucket',
    ],
  },
} as const satisfies Record<string, Exporter>
