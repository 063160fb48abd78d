import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import type { CommandName } from '../domain/pipeline/command-name.ts'
import type { ReceivedCommand } from './receive-command.ts'

const { recordControl, recordCancellation } = proxyActivities<Activities>({
  // One insert, and perhaps a look at a key; if it takes longer, Postgres hangs.
  startToCloseTimeout: '15 seconds',
  // Retries without end: an audit row may be late, but not lost (G10).
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
})

type Result = { result: 'done' | 'refused' | 'failed'; detail: Record<string, unknown> }
/** `forwardedAs`: the id under which the topic would have sent what a partition got. */
type Recorded = Omit<ReceivedCommand, 'refusal' | 'accept'> & { forwardedAs?: string }

/** Writes audit rows, and knows when all of them are written; a run must not end before. */
export class Audit {
  #pending = 0

  /** Writes in the background, because a command must take effect even while Postgres is away. */
  record(command: CommandName, topic: string, received: Recorded, { result, detail }: Result): void {
    const { commandId, author, partitions, reason, receivedAt: requestedAt, forwardedAs } = received
    const event = {
      ...{ commandId, requestedAt, author, command, topic, partitions, reason, result, detail },
      ...(forwardedAs === undefined ? {} : { forwardedAs }),
    }
    void this.#written(recordControl(event))
  }

  /** Writes that somebody asked for the cancellation of this workflow, which goes on. */
  async recordIgnoredCancellation(): Promise<void> {
    const { workflowId, runId } = workflowInfo()
    await this.#written(recordCancellation({ workflowId, runId, at: new Date().toISOString() }))
  }

  async #written(writing: Promise<void>): Promise<void> {
    this.#pending += 1
    try {
      await writing
    } finally {
      this.#pending -= 1
    }
  }

  /** Whether every row is written. */
  get written(): boolean {
    return this.#pending === 0
  }
}
