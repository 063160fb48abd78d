import type { MadeMetrics } from '../metrics/metric.ts'
import type { workerMetrics } from '../metrics/worker-metrics.ts'
import type { Failure, Observer } from '../activities/session/observer.ts'
import type { UpkeepObserver } from './upkeep.ts'

type Metrics = MadeMetrics<typeof workerMetrics>

/** Measures what the activities of this worker do. */
export const observe = (metrics: Metrics): Observer => {
  const tryAgain = ({ failureClass, part }: Failure) => {
    if (failureClass === 'transient') metrics.rollcall_retries_total.inc({ dependency: part })
  }
  return {
    sliceBegan: (partition) => {
      metrics.rollcall_slices_running.set({ partition }, 1)
    },
    sliceEnded: (partition, outcome, failure) => {
      metrics.rollcall_slices_running.set({ partition }, 0)
      metrics.rollcall_slices_total.inc({ outcome })
      if (failure === null) return
      metrics.rollcall_slice_failures_total.inc({ dependency: failure.part, class: failure.failureClass })
      tryAgain(failure)
    },
    batchCommitted: ({ range: { partition, from, to }, logins, rejected }, { decideMs, commitMs }) => {
      metrics.rollcall_batches_total.inc({ partition })
      metrics.rollcall_attempts_total.inc({ partition }, logins)
      for (const { reason } of rejected) metrics.rollcall_rejects_total.inc({ reason })
      metrics.rollcall_batch_offsets.observe(Number(to - from))
      metrics.rollcall_batch_decide_duration_seconds.observe(decideMs / 1_000)
      metrics.rollcall_batch_commit_duration_seconds.observe(commitMs / 1_000)
    },
    batchPublished: (publishMs) => {
      metrics.rollcall_batch_publish_duration_seconds.observe(publishMs / 1_000)
    },
    batchParked: (partition) => {
      metrics.rollcall_batches_parked_total.inc({ partition })
    },
    replayed: (failure) => {
      metrics.rollcall_replays_total.inc({ outcome: failure?.failureClass ?? 'done' })
      if (failure !== null) tryAgain(failure)
    },
  }
}

/** Measures upkeep. */
export const observeUpkeep = (metrics: Metrics): UpkeepObserver => ({
  taskDone: (task, durationMs) => {
    metrics.rollcall_upkeep_task_duration_seconds.observe({ task }, durationMs / 1_000)
  },
  taskFailed: (task) => {
    metrics.rollcall_upkeep_failures_total.inc({ task })
    metrics.rollcall_retries_total.inc({ dependency: 'postgres' })
  },
})
