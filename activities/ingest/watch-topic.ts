import { Context } from '@temporalio/activity'
import { startHeartbeat } from '../heartbeat.ts'
import type { ActivityDeps } from '../session/activity-deps.ts'

const CHECK_EVERY_MS = 5_000
/** The watch ends now and then, so that its workflow can start partitions that an operator terminated. */
const WATCH_MS = 5 * 60_000

/**
 * Waits until a topic has more partitions than are `known`, for five minutes at most. Waits, too, while the
 * topic does not exist or Kafka is away; the heartbeat has the problem.
 * @returns the partitions; `known` if there are no new ones
 */
export async function watchTopic(
  { topicOffsets, clock }: Pick<ActivityDeps, 'topicOffsets' | 'clock'>,
  topic: string,
  known: number[],
): Promise<number[]> {
  const context = Context.current()
  const endMs = clock() + WATCH_MS
  const heartbeat = startHeartbeat({ known, problem: '' }, () => CHECK_EVERY_MS)
  try {
    while (!context.cancellationSignal.aborted && clock() < endMs) {
      const partitions = await topicOffsets.read(topic).catch((error: unknown) => {
        heartbeat.details = { known, problem: String(error) }
        return null
      })
      if (partitions !== null) heartbeat.details = { known, problem: '' }
      if (partitions !== null && partitions.length > known.length)
        return partitions.map(({ partition }) => partition)
      await Promise.race([context.sleep(CHECK_EVERY_MS), context.cancelled])
    }
    return known
  } finally {
    heartbeat.end()
  }
}
