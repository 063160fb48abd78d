import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  proxyActivities,
  setHandler,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/create-activities.ts'
import type { ParkedBatch } from '../domain/batch/parked-batch.ts'
import type { ReplayAttempt, ReplayOutcome } from '../domain/batch/replay.ts'
import { Audit } from './audit.ts'
import { showBatch } from './page/batch-page.ts'
import {
  COMMAND_REFUSED,
  REPLAY_FAILED,
  replaySignal,
  replayUpdate,
  skipUpdate,
  type ControlRequest,
} from './contract.ts'
import { normaliseRequest, validateControl, validateSkip, type ControlArgument } from './control-request.ts'

const { applyBatch, skipBatch } = proxyActivities<Pick<Activities, 'applyBatch' | 'skipBatch'>>({
  // One batch: read, counted, published.
  startToCloseTimeout: '2 minutes',
  // A killed worker is noticed after this and replaced.
  heartbeatTimeout: '8 seconds',
  // What is the batch's own fault comes back as a value; the rest is an outage and is waited for (G5).
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
})

type Command = 'replay' | 'skip'

/**
 * Keeps one parked batch, or one whose outputs are withheld, until it is settled. Tries once by itself, so that a Reset is a
 * replay too, and then waits, open, for an operator: the list of open runs is what is still to be done.
 */
export async function replayBatch(batch: ParkedBatch): Promise<ReplayOutcome> {
  const run = new BatchRun(batch)
  setHandler(replayUpdate, (argument) => run.obey('replay', argument), {
    validator: validateControl,
    description: 'Counts and publishes the batch, once the cause of its failure is mended',
  })
  setHandler(skipUpdate, (argument) => run.obey('skip', argument), {
    validator: validateSkip,
    description: 'Gives the batch up for good; the argument is the reason',
  })
  setHandler(replaySignal, async (reason) => {
    await run.obey('replay', reason).catch(() => undefined)
  })
  // The Web UI's button to cancel must not lose a batch: giving up is `skip`, with a reason.
  return await CancellationScope.nonCancellable(async () => {
    // What an operator set aside waits for the operator; a Reset is a replay of it, too.
    const { runId, firstExecutionRunId } = workflowInfo()
    if (batch.isSetAside === true && runId === firstExecutionRunId) run.wait()
    else await run.attempt('replay', { commandId: uuid4(), actor: 'rollcall', reason: '' })
    await condition(() => run.settled !== null && allHandlersFinished() && run.audit.written)
    return run.settled ?? { outcome: 'already_applied', logins: 0, rejects: 0 }
  })
}

class BatchRun {
  readonly audit = new Audit()
  readonly #batch: ParkedBatch
  /** What became of the batch; null while it is parked. */
  settled: ReplayOutcome | null = null
  #error: string
  #isBusy = false

  constructor(batch: ParkedBatch) {
    this.#batch = batch
    this.#error = batch.error
  }

  /** Shows that nothing is tried until a command comes. */
  wait(): void {
    showBatch(this.#batch, 'parked', this.#error)
  }

  /** An operator's command. @throws {ApplicationFailure} when the batch stays parked */
  async obey(command: Command, argument: ControlArgument): Promise<ReplayOutcome> {
    const request = normaliseRequest(argument)
    const attempt = await CancellationScope.nonCancellable(() => this.attempt(command, request))
    const { topic, partition, batchId, from, to } = this.#batch
    const detail = { batchId, from, to, ...(attempt.ok ? attempt.outcome : { error: attempt.error }) }
    const result = resultOf(command, attempt)
    this.audit.record(command, topic, { ...request, partitions: [partition] }, { result, detail })
    if (!attempt.ok) throw inVain(attempt.error, REPLAY_FAILED)
    if (result === 'refused')
      throw inVain('the batch is counted by now: there is nothing to skip', COMMAND_REFUSED)
    return attempt.outcome
  }

  /** One at a time; what comes after the batch is settled hears what became of it. */
  async attempt(command: Command, request: ControlRequest): Promise<ReplayAttempt> {
    // Again: several wait, and one condition lets them all go on.
    while (this.#isBusy) await condition(() => !this.#isBusy)
    if (this.settled !== null) return { ok: true, outcome: again(this.settled) }
    this.#isBusy = true
    showBatch(this.#batch, 'replaying', this.#error)
    const { batchId } = this.#batch
    const attempt =
      command === 'replay'
        ? await applyBatch({ batchId, commandId: request.commandId })
        : await skipBatch({ batchId, commandId: request.commandId, reason: request.reason })
    if (attempt.ok) this.settled = attempt.outcome
    else this.#error = attempt.error
    const state = !attempt.ok ? 'parked' : attempt.outcome.outcome === 'skipped' ? 'skipped' : 'replayed'
    showBatch(this.#batch, state, this.#error)
    this.#isBusy = false
    return attempt
  }
}

/** Without a stack trace, which the Web UI would show with it: it is an answer to the operator and no defect. */
function inVain(why: string, type: string): ApplicationFailure {
  const failure = ApplicationFailure.nonRetryable(why, type)
  failure.stack = ''
  return failure
}

const again = (settled: ReplayOutcome): ReplayOutcome =>
  settled.outcome === 'skipped' ? settled : { ...settled, outcome: 'already_applied' }

function resultOf(command: Command, attempt: ReplayAttempt): 'done' | 'refused' | 'failed' {
  if (!attempt.ok) return 'failed'
  return command === 'skip' && attempt.outcome.outcome !== 'skipped' ? 'refused' : 'done'
}
