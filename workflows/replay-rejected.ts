import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow'
import { authorText } from '../domain/access/command-author.ts'
import { temporalActor } from '../domain/access/command-proof.ts'
import type { Activities } from '../activities/create-activities.ts'
import { type Markdown, markdownList, markup } from './page/markdown.ts'
import { MAX_BATCHES_OF_A_RUN } from '../domain/batch/selection.ts'
import { Audit } from './audit.ts'
import { COMMAND_REFUSED } from './contract.ts'
import { showDetails } from './page/details.ts'
import { decideAuthor, receiveStart, type ReceivedCommand } from './receive-command.ts'
import {
  redriveProgressUpdate,
  redriveRunId,
  redriveRunQuery,
  type RedriveRunInput,
  type RedriveRunStatus,
} from './run-contract.ts'

const { findRejects } = proxyActivities<Pick<Activities, 'findRejects'>>({
  // It is one query over the rejects.
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
})
const { redriveBatch } = proxyActivities<Pick<Activities, 'redriveBatch'>>({
  // It counts and publishes page after page of a thousand rejects.
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
})

/** The caller waits this long for a short run to end; of a long one it gets the progress. */
const PROGRESS_WAIT = '5 seconds'

/**
 * Decodes rejects again, batch by batch: those that are logins by now are counted, the others stay rejects.
 */
export async function replayRejected(input: RedriveRunInput): Promise<RedriveRunStatus> {
  const run = new RedriveRun(input)
  setHandler(redriveRunQuery, () => run.status, { description: 'Progress' })
  setHandler(redriveProgressUpdate, () => run.progress(), {
    description: 'Answers once the run is done, or after 5 seconds with its progress',
  })
  await run.redriveAll()
  await condition(() => allHandlersFinished() && run.audit.written)
  return run.status
}

class RedriveRun {
  readonly audit = new Audit()
  readonly #input: RedriveRunInput
  status: RedriveRunStatus

  constructor(input: RedriveRunInput) {
    this.#input = input
    const { commandId, reason, topic, dryRun } = input
    this.status = {
      commandId,
      actor: temporalActor.name,
      reason,
      topic,
      dryRun,
      state: 'running',
      refusal: null,
      batches: 0,
      batchesDone: 0,
      examined: 0,
      logins: 0,
      stay: [],
      failures: [],
    }
  }

  /** @throws {ApplicationFailure} if the run was refused */
  async progress(): Promise<RedriveRunStatus> {
    await condition(() => this.status.state === 'done', PROGRESS_WAIT)
    const { refusal } = this.status
    if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal, COMMAND_REFUSED)
    return this.status
  }

  async redriveAll(): Promise<void> {
    const received = await receiveStart('redrive', this.#input, redriveRunId)
    const { refusal } = received
    if (refusal === null) await this.#redriveSelected()
    else this.#update({ refusal })
    const author = await decideAuthor(received.author)
    this.#update({ state: 'done', actor: authorText(author) })
    this.#recordAudit({ ...received, author })
  }

  async #redriveSelected(): Promise<void> {
    const batchIds = await findRejects(this.#input.topic, this.#input.selection)
    if (batchIds.length > MAX_BATCHES_OF_A_RUN)
      this.#update({
        refusal: `rejects of more than ${MAX_BATCHES_OF_A_RUN} batches match: narrow the filter`,
      })
    else {
      this.#update({ batches: batchIds.length })
      for (const batchId of batchIds) await this.#redrive(batchId)
    }
  }

  async #redrive(batchId: string): Promise<void> {
    const { commandId, dryRun, selection } = this.#input
    const outcome = await redriveBatch({ batchId, commandId, selection, dryRun })
    if (outcome.ok) this.#add(outcome.redriven)
    else this.#update({ failures: [...this.status.failures, { batchId, error: outcome.error }] })
    this.#update({ batchesDone: this.status.batchesDone + 1 })
    showDetails(pageText(this.status))
  }

  #add(redriven: { logins: number; stay: RedriveRunStatus['stay'] }): void {
    const { examined, logins, stay } = this.status
    const total = new Map(stay.map(({ reason, rejects }) => [reason, rejects]))
    for (const { reason, rejects } of redriven.stay) total.set(reason, (total.get(reason) ?? 0) + rejects)
    const stayed = redriven.stay.reduce((sum, { rejects }) => sum + rejects, 0)
    this.#update({
      examined: examined + redriven.logins + stayed,
      logins: logins + redriven.logins,
      stay: [...total].map(([reason, rejects]) => ({ reason, rejects })),
    })
  }

  #recordAudit(received: ReceivedCommand): void {
    const { batches, examined, logins, failures, dryRun, refusal } = this.status
    this.audit.record(
      'redrive',
      this.#input.topic,
      received,
      refusal === null
        ? { result: 'done', detail: { dryRun, batches, examined, logins, failures: failures.length } }
        : { result: 'refused', detail: { dryRun, refusal } },
    )
  }

  #update(change: Partial<RedriveRunStatus>): void {
    this.status = { ...this.status, ...change }
  }
}

const pageText = ({ dryRun, batches, batchesDone, examined, logins }: RedriveRunStatus): Markdown =>
  markdownList(markup`**${dryRun ? 'dry run: ' : ''}${batchesDone} of ${batches} batches**`, [
    markup`${examined} rejects decoded again`,
    markup`${logins} of them ${dryRun ? 'would be' : 'are'} logins by now`,
  ])
