import { Context } from '@temporalio/activity'
import { recordControlEvent, type ControlEvent } from '../db/control-events.ts'
import type { Sql } from '../db/connect.ts'
import type { PartitionKey } from '../db/checkpoint.ts'
import { failureReport, noProgress, type SliceProgress, type SliceReport } from '../domain/slice-report.ts'
import type { TopicOffsets } from '../kafka/topic-offsets.ts'
import { ingestUntilStopped, publishGap } from './ingest-slice.ts'
import { reconcileRecent, type ReconcileRequest, type ReconcileSummary } from './reconcile.ts'
import { openSlice, type SliceDeps } from './slice.ts'

export type ActivityDeps = SliceDeps & {
  /** The primary, for small writes. */
  sql: Sql
  topicOffsets: TopicOffsets
}

/** Cancellation arrives with a heartbeat: a pause stops a slice within a second. */
const HEARTBEAT_MS = 400
const WATCH_INTERVAL_MS = 5_000
/** A watch that ends now and then lets its workflow start partitions that an operator terminated. */
const WATCH_MS = 5 * 60_000

export type SliceRequest = PartitionKey & {
  /** Milliseconds after which the slice ends; the batch in hand is finished. */
  longestMs: number
}

export function createActivities(deps: ActivityDeps) {
  return {
    /**
     * Runs one slice of a partition. Never throws for a part that is away: the report says so.
     * Safe to retry: each run claims the partition anew, goes on at the checkpoint and publishes what is missing.
     */
    ingestSlice: async ({ longestMs, ...key }: SliceRequest): Promise<SliceReport> => {
      const progress = noProgress()
      const stop = AbortSignal.any([Context.current().cancellationSignal, AbortSignal.timeout(longestMs)])
      const heart = beat(() => progress, HEARTBEAT_MS)
      try {
        await runSlice(deps, key, progress, stop)
        const outcome = Context.current().cancellationSignal.aborted ? 'stopped' : 'ended'
        return { ...progress, outcome, reason: '' }
      } catch (error) {
        return failureReport(progress, error)
      } finally {
        clearInterval(heart)
      }
    },

    /**
     * Waits until the topic's partitions are others than `known`, or for some minutes, and returns them.
     * A topic or Kafka that is away is waited for. Safe to retry: it reads only.
     */
    watchTopic: async (topic: string, known: number[]): Promise<number[]> => {
      const { cancellationSignal: cancelled } = Context.current()
      const end = deps.clock() + WATCH_MS
      let problem = ''
      const heart = beat(() => ({ known, problem }), WATCH_INTERVAL_MS)
      try {
        while (!cancelled.aborted && deps.clock() < end) {
          const partitions = await deps.topicOffsets.read(topic).catch((error: unknown) => {
            problem = String(error)
            return null
          })
          if (partitions !== null) problem = ''
          if (partitions !== null && partitions.length > known.length)
            return partitions.map(({ partition }) => partition)
          await Promise.race([Context.current().sleep(WATCH_INTERVAL_MS), Context.current().cancelled])
        }
        return known
      } finally {
        clearInterval(heart)
      }
    },

    /** Writes the audit of a command. Safe to retry: a command is one row. */
    recordControl: async (event: ControlEvent): Promise<void> => {
      await recordControlEvent(deps.sql, event)
    },

    /** Reconciles what is new. Safe to retry: it reads, then writes all in one transaction, once for a run. */
    reconcileRecent: (request: ReconcileRequest): Promise<ReconcileSummary> =>
      reconcileRecent(deps.sql, request, () => {
        Context.current().heartbeat()
      }),
  }
}

async function runSlice(
  deps: SliceDeps,
  key: PartitionKey,
  progress: SliceProgress,
  stop: AbortSignal,
): Promise<void> {
  const slice = await openSlice(deps, key)
  try {
    progress.nextOffset = String(slice.checkpoint.nextOffset)
    await publishGap(slice)
    await ingestUntilStopped(slice, progress, stop)
  } finally {
    await slice.close()
  }
}

function beat(details: () => unknown, everyMs: number): NodeJS.Timeout {
  const context = Context.current()
  return setInterval(() => {
    context.heartbeat(details())
  }, everyMs)
}

export type Activities = ReturnType<typeof createActivities>
