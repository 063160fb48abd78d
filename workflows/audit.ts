import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import type { TopicControlRequest } from './contract.ts'

const { recordControl } = proxyActivities<Activities>({
  // One insert; if it takes longer, Postgres hangs.
  startToCloseTimeout: '15 seconds',
  // Retries without end: an audit row may be late, but not lost (G10).
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
})

type Result = { result: 'done' | 'refused' | 'failed'; detail: Record<string, unknown> }

/** Writes audit rows, and knows when all of them are written; a run must not end before. */
export class Audit {
  #pending = 0

  /** Writes in the background, because a command must take effect even while Postgres is away. */
  record(command: string, topic: string, request: TopicControlRequest, { result, detail }: Result): void {
    const { commandId, actor, partitions, reason } = request
    const requestedAt = new Date().toISOString()
    this.#pending += 1
    void recordControl({
      commandId,
      requestedAt,
      actor,
      command,
      topic,
      partitions,
      reason,
      result,
      detail,
    }).finally(() => {
      this.#pending -= 1
    })
  }

  /** Whether every row is written. */
  get written(): boolean {
    return this.#pending === 0
  }
}
