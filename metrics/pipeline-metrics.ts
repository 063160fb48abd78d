import type { Metric } from './metric.ts'

const partition = { partition: 'partition of the topic' }
const node = { node: '`primary` or `replica`, and its address, as settings and DNS name them' }

/**
 * How ingestion stands, as an API finds it at each scrape. Every API gives the same: aggregate with `max`. What is not known, because
 * a dependency is away, is absent.
 */
export const pipelineMetrics = {
  rollcall_dependency_up: {
    type: 'gauge',
    help: 'Whether a dependency answers: 1 or 0. A worker is one, because the state of partitions is its answer.',
    labels: { dependency: '`kafka`, `postgres` (the primary), `temporal` or `worker`' },
  },
  rollcall_node_up: {
    type: 'gauge',
    help: 'Whether a database node answers this API: 1 or 0. Each API has a look of its own: aggregate with `min`.',
    labels: node,
  },
  rollcall_node_delay_seconds: {
    type: 'gauge',
    help: 'How far a replica is behind its primary; 0 of the primary. Absent while the node does not answer or cannot tell.',
    labels: node,
  },
  rollcall_partition_lag: {
    type: 'gauge',
    help: 'Offsets of a partition that are not processed, up to its high watermark.',
    labels: partition,
  },
  rollcall_partition_state: {
    type: 'gauge',
    help: 'Always 1; the label says the state.',
    labels: { ...partition, state: '`running`, `paused`, `waiting`, `halted` or `retired`' },
  },
  rollcall_partition_held_info: {
    type: 'gauge',
    help: 'Always 1; the label says which worker claimed the partition last.',
    labels: { ...partition, worker: 'process id and host' },
  },
  rollcall_partition_watermark_timestamp_seconds: {
    type: 'gauge',
    help: 'Event time of the latest attempt of a partition that is counted.',
    labels: partition,
  },
  rollcall_partition_parked_offsets: {
    type: 'gauge',
    help: 'Offsets of parked batches: they are not counted.',
    labels: partition,
  },
  rollcall_partition_retention_remaining_seconds: {
    type: 'gauge',
    help: "Time until Kafka's retention takes the oldest unread record at the earliest; 0 when it may have been taken. Absent while nothing is unread, and where retention is unlimited or not known.",
    labels: partition,
  },
  rollcall_ingestion_delay_seconds: {
    type: 'gauge',
    help: 'How far counts are behind: the age of the latest counted attempt, of the partition with unread records that is furthest behind. 0 while nothing is unread; absent while that is not known.',
  },
  rollcall_parked_batches: { type: 'gauge', help: 'Batches that wait for a replay.' },
  rollcall_parked_oldest_timestamp_seconds: {
    type: 'gauge',
    help: 'When the batch was parked that has waited longest; absent while none waits.',
  },
  rollcall_withheld_batches: { type: 'gauge', help: 'Batches that are counted and not published.' },
  rollcall_workers: {
    type: 'gauge',
    help: 'Workers that reported in the last six seconds.',
    labels: { version: 'version of Rollcall' },
  },
  rollcall_pending_batches: {
    type: 'gauge',
    help: 'Batches that upkeep has yet to roll up.',
    labels: { rollup: '`counts`, `counts_by_commit_time`, `sightings` or `login_lists`' },
  },
  rollcall_pending_oldest_timestamp_seconds: {
    type: 'gauge',
    help: 'When the oldest batch was committed that upkeep has yet to roll up; absent while there is none.',
    labels: { rollup: '`counts`, `counts_by_commit_time`, `sightings` or `login_lists`' },
  },
  rollcall_rollup_delay_seconds: {
    type: 'gauge',
    help: 'How far a rollup is behind commits: the age of the oldest batch that upkeep has yet to roll up; 0 while there is none.',
    labels: { rollup: '`counts`, `counts_by_commit_time`, `sightings` or `login_lists`' },
  },
  rollcall_reconciliation_finished_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last scheduled reconciliation finished; absent before the first.',
  },
  rollcall_reconciliation_covered_to_timestamp_seconds: {
    type: 'gauge',
    help: 'Up to which commit time the ledger was compared with the counts.',
  },
  rollcall_reconciliation_differences: {
    type: 'gauge',
    help: 'What the last scheduled reconciliation found to differ; absent before the first.',
  },
  rollcall_discrepancies: {
    type: 'gauge',
    help: 'Discrepancies that are open, those of the audit chain included.',
    labels: { kind: 'kind of the discrepancy' },
  },
  rollcall_audit_chain_intact: {
    type: 'gauge',
    help: 'Whether no break of the audit chain is open: 1 or 0. Absent before the first check.',
  },
  rollcall_audit_checked_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last check of the audit chain finished, whatever it found; absent before the first.',
  },
} as const satisfies Record<string, Metric>
