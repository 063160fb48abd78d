import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import type { RejectReason } from '../domain/login/login.ts'
import { type Markdown, markdownList, markup } from './page/markdown.ts'
import { MAX_BATCHES_OF_A_RUN } from '../domain/batch/selection.ts'
import { Audit } from './audit.ts'
import { COMMAND_REFUSED } from './contract.ts'
import { showDetails } from './page/details.ts'
import {
  redriveProgressUpdate,
  redriveRunQuery,
  type RedriveRunInput,
  type RedriveRunStatus,
} from './run-contract.ts'

const { findRejects } = proxyActivities<Pick<Activities, 'findRejects'>>({
  // One query over the rejects.
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
})
const { redriveBatch } = proxyActivities<Pick<Activities, 'redriveBatch'>>({
  // Pages of a thousand rejects, each counted and published.
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
})

/** Whoever asked waits for the end of a short run, and hears how far a long one is. */
const PROGRESS_WAIT = '5 seconds'

/** Decodes rejects again, batch by batch: what is a login by now is counted, the rest stays. */
export async function replayRejected(input: RedriveRunInput): Promise<RedriveRunStatus> {
  const { selection, ...told } = input
  const audit = new Audit()
  const stay = new Map<RejectReason, number>()
  let status: RedriveRunStatus = {
    ...told,
    state: 'running',
    refusal: null,
    batches: 0,
    batchesDone: 0,
    examined: 0,
    logins: 0,
    stay: [],
    failures: [],
  }
  setHandler(redriveRunQuery, () => status, { description: 'How far it is' })
  setHandler(
    redriveProgressUpdate,
    async () => {
      await condition(() => status.state === 'done', PROGRESS_WAIT)
      const { refusal } = status
      if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal, COMMAND_REFUSED)
      return status
    },
    { description: 'Answers once it is done, or after some seconds with what is done so far' },
  )
  const batchIds = await findRejects(input.topic, selection)
  if (batchIds.length > MAX_BATCHES_OF_A_RUN)
    status = {
      ...status,
      refusal: `rejects of more than ${MAX_BATCHES_OF_A_RUN} batches match: narrow the filter`,
    }
  else {
    status = { ...status, batches: batchIds.length }
    for (const batchId of batchIds) {
      const { commandId, dryRun } = input
      const outcome = await redriveBatch({ batchId, commandId, selection, dryRun })
      status = outcome.ok
        ? add(status, outcome.redriven, stay)
        : { ...status, failures: [...status.failures, { batchId, error: outcome.error }] }
      status = { ...status, batchesDone: status.batchesDone + 1 }
      showDetails(pageText(status))
    }
  }
  status = { ...status, state: 'done' }
  const { commandId, actor, reason, topic } = input
  const { batches, examined, logins, failures, dryRun, refusal } = status
  audit.record(
    'redrive',
    topic,
    { commandId, actor, reason, partitions: null },
    refusal === null
      ? { result: 'done', detail: { dryRun, batches, examined, logins, failures: failures.length } }
      : { result: 'refused', detail: { dryRun, refusal } },
  )
  await condition(() => allHandlersFinished() && audit.written)
  return status
}

function add(
  status: RedriveRunStatus,
  redriven: { logins: number; stay: { reason: RejectReason; rejects: number }[] },
  stay: Map<RejectReason, number>,
): RedriveRunStatus {
  let examined = redriven.logins
  for (const { reason, rejects } of redriven.stay) {
    stay.set(reason, (stay.get(reason) ?? 0) + rejects)
    examined += rejects
  }
  return {
    ...status,
    examined: status.examined + examined,
    logins: status.logins + redriven.logins,
    stay: [...stay].map(([reason, rejects]) => ({ reason, rejects })),
  }
}

const pageText = ({ dryRun, batches, batchesDone, examined, logins }: RedriveRunStatus): Markdown =>
  markdownList(markup`**${dryRun ? 'dry run: ' : ''}${batchesDone} of ${batches} batches**`, [
    markup`${examined} rejects decoded again`,
    markup`${logins} of them ${dryRun ? 'would be' : 'are'} logins by now`,
  ])
