import type { Metric } from './metric.ts'

const partition = { partition: 'partition of the topic' }
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What one worker did since it started. */
export const workerMetrics = {
  rollcall_attempts_total: {
    type: 'counter',
    help: 'Attempts to log in that this worker counted, without those of replays.',
    labels: partition,
  },
  rollcall_rejects_total: {
    type: 'counter',
    help: 'Records that could not be read as attempts, without those of replays.',
    labels: { reason: 'reason of the reject, as docs/messages.md lists them' },
  },
  rollcall_batches_total: { type: 'counter', help: 'Batches that were committed.', labels: partition },
  rollcall_batches_parked_total: {
    type: 'counter',
    help: 'Batches that were parked: they are not counted until somebody replays them.',
    labels: partition,
  },
  rollcall_batch_offsets: {
    type: 'histogram',
    help: 'Offsets of a committed batch.',
    buckets: [1, 10, 100, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000],
  },
  rollcall_batch_decide_duration_seconds: {
    type: 'histogram',
    help: 'How long a batch took from its records to what is to be written.',
    buckets: SECONDS,
  },
  rollcall_batch_commit_duration_seconds: {
    type: 'histogram',
    help: 'How long the transaction of a batch in Postgres took.',
    buckets: SECONDS,
  },
  rollcall_batch_publish_duration_seconds: {
    type: 'histogram',
    help: 'How long the transaction of a batch in Kafka took.',
    buckets: SECONDS,
  },
  rollcall_replays_total: {
    type: 'counter',
    help: 'Attempts to replay or skip a parked batch, and to redrive rejects.',
    labels: { outcome: '`done`, or the class of the failure' },
  },
  rollcall_slices_running: {
    type: 'gauge',
    help: 'Whether this worker holds the partition: 1 or 0.',
    labels: partition,
  },
  rollcall_slices_total: {
    type: 'counter',
    help: 'Slices that ended.',
    labels: { outcome: '`ended`, `stopped`, `waiting`, `fenced`, `failed` or `halted`' },
  },
  rollcall_slice_failures_total: {
    type: 'counter',
    help: 'Slices that ended with a failure; a transient one is tried again.',
    labels: {
      dependency: '`kafka`, `postgres`, `temporal` or `rollcall`',
      class: '`transient`, `permanent`, `fenced`, `data_loss`, `defect` or `flood`',
    },
  },
  rollcall_retries_total: {
    type: 'counter',
    help: 'Work that is tried again, because a dependency was away or busy: slices, replays and tasks of upkeep.',
    labels: { dependency: '`kafka`, `postgres`, `temporal` or `rollcall`' },
  },
  rollcall_upkeep_task_duration_seconds: {
    type: 'histogram',
    help: 'How long a task of upkeep took.',
    labels: { task: 'name of the task' },
    buckets: [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30],
  },
  rollcall_upkeep_failures_total: {
    type: 'counter',
    help: 'Tasks of upkeep that failed and are tried again.',
    labels: { task: 'name of the task' },
  },
} as const satisfies Record<string, Metric>
