import { ahead } from '../../concurrency/ahead.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import { publishOutputs } from './publish-outputs.ts'

/** Publishes part after part while the next one is decided and committed. */
export type Publishing = {
  /**
   * Begins to publish the outputs of what ends before `to`. Waits for the part before: one may be committed and unpublished,
   * not two, so that the gap after a crash stays small.
   */
  add: (outputs: OutputCollector, to: bigint) => Promise<void>
  /** First offset whose outputs are not known to be in Kafka, at the moment. */
  readonly publishedOffset: bigint
  /** Calls `then` once all that was added is published, or has failed to be. */
  whenDone: (then: () => void) => void
  /** Aborts when a part could not be published. */
  failed: AbortSignal
  /** @throws what kept a part from being published */
  done: () => Promise<void>
}

/** @param publishedOffset first offset whose outputs are not known to be in Kafka: what ends before it is there already */
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
