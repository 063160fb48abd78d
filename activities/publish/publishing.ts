import { ahead } from '../../concurrency/ahead.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import { publishOutputs } from './publish-outputs.ts'

/** Publishes one part of a partition after the other, each while the next one is decided and committed. */
export type Publishing = {
  /**
   * Starts to publish the outputs of the offsets before `to`. Waits until the previous part is published, so
   * that a crash leaves at most one part committed and unpublished.
   */
  add: (outputs: OutputCollector, to: bigint) => Promise<void>
  /** First offset whose outputs are not known to be in Kafka now. */
  readonly publishedOffset: bigint
  /** Calls `then` once everything that was added is published or has failed. */
  whenDone: (then: () => void) => void
  /** Aborts when a part cannot be published. */
  failed: AbortSignal
  /** Waits until everything that was added is published. @throws the error of a part that failed */
  done: () => Promise<void>
}

/**
 * @param publishedOffset first offset whose outputs are not known to be in Kafka; parts that end there or
 * before are not published again
 */
export function startPublishing(session: PartitionSession, publishedOffset: bigint): Publishing {
  const failed = new AbortController()
  let published = publishedOffset
  let running = Promise.resolve()
  const publish = async (outputs: OutputCollector, to: bigint) => {
    if (to <= published) return
    try {
      published = await publishOutputs(session, outputs, to)
    } catch (error) {
      failed.abort()
      throw error
    }
  }
  return {
    add: async (outputs, to) => {
      await running
      running = ahead(publish(outputs, to))
    },
    get publishedOffset() {
      return published
    },
    whenDone: (then) => {
      running = ahead(running.finally(then))
    },
    failed: failed.signal,
    done: () => running,
  }
}
