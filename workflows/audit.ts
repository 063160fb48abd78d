import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import type { TopicControlRequest } from './contract.ts'

const { recordControl } = proxyActivities<Activities>({
  // One insert; longer means that Postgres hangs.
  startToCloseTimeout: '15 seconds',
  // Never given up: an audit row may be late, not lost (G10).
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
})

type Result = { result: 'done' | 'refused' | 'failed'; detail: Record<string, unknown> }

/** Audit rows that are on their way; a run must not end before they are written. */
export class Audit {
  #pending = 0

  /** Writes in the background: a command must take effect also while Postgres is away. */
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

  get written(): boolean {
    return this.#pending === 0
  }
}
