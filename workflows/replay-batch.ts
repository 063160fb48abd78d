import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  patched,
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
import { COMMAND_REFUSED, REPLAY_FAILED, replaySignal, replayUpdate, skipUpdate } from './contract.ts'
import type { ControlArgument } from './command-form.ts'
import { receiveCommand } from './receive-command.ts'

const { applyBatch, skipBatch } = proxyActivities<Pick<Activities, 'applyBatch' | 'skipBatch'>>({
  // One batch is read, counted and published.
  startToCloseTimeout: '2 minutes',
  // After this time without a heartbeat the worker counts as dead, and another one takes the activity.
  heartbeatTimeout: '8 seconds',
  // A failure that the batch causes is a value; an outage is an error, which is retried until it ends (G5).
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
})

type Command = 'replay' | 'skip'

/**
 * Keeps a batch that is parked, or whose outputs are withheld, until it is replayed or skipped. Tries a
 * replay once by itself, so that a Reset is a replay, too. Then it stays open and waits for an operator, so
 * that the list of open runs shows everything that is still to be done.
 */
export async function replayBatch(batch: ParkedBatch): Promise<ReplayOutcome> {
  const run = new BatchRun(batch)
  setHandler(replayUpdate, (argument) => run.execute('replay', argument), {
    description: 'Counts and publishes the batch; fix the cause of its failure first',
  })
  setHandler(skipUpdate, (argument) => run.execute('skip', argument), {
    description: 'Gives the batch up for good; the argument is the reason',
  })
  setHandler(replaySignal, async (reason) => {
    await run.execute('replay', reason).catch(() => undefined)
  })
  // Request Cancellation in the Web UI must not lose a batch: an operator gives it up by `skip`, with a
  // reason.
  void CancellationScope.current().cancelRequested.catch(() => {
    if (patched('cancellations-are-audited'))
      void CancellationScope.nonCancellable(() => run.audit.recordIgnoredCancellation())
  })
  return await CancellationScope.nonCancellable(async () => {
    // A batch that an operator parked waits for the operator; only a Reset replays it.
    const { runId, firstExecutionRunId } = workflowInfo()
    if (batch.isSetAside === true && runId === firstExecutionRunId) run.wait()
    else await run.attemptByItself()
    await condition(() => run.settled !== null && allHandlersFinished() && run.audit.written)
    return run.settled ?? { outcome: 'already_applied', logins: 0, rejects: 0 }
  })
}

class BatchRun {
  readonly audit = new Audit()
  readonly #batch: ParkedBatch
  /** How the batch was settled; null while it is parked. */
  settled: ReplayOutcome | null = null
  #error: string
  #isBusy = false
  /** Number of commands whose authors are being found out. */
  #arriving = 0

  constructor(batch: ParkedBatch) {
    this.#batch = batch
    this.#error = batch.error
  }

  /** Shows the batch as parked, until a command comes. */
  wait(): void {
    showBatch(this.#batch, 'parked', this.#error)
  }

  /**
   * Executes an operator's command.
   * @throws {ApplicationFailure} if the batch stays parked or the state forbids the command
   */
  async execute(command: Command, argument: ControlArgument): Promise<ReplayOutcome> {
    const { topic, partition, batchId, from, to } = this.#batch
    this.#arriving += 1
    const received = await receiveCommand(command, topic, argument)
    this.#arriving -= 1
    const about = { batchId, from, to }
    const recorded = { ...received, partitions: [partition] }
    if (received.refusal !== null) {
      const { refusal } = received
      this.audit.record(command, topic, recorded, { result: 'refused', detail: { ...about, refusal } })
      throw withoutStack(refusal, COMMAND_REFUSED)
    }
    const attempt = await CancellationScope.nonCancellable(() => this.attempt(command, received))
    const detail = { ...about, ...(attempt.ok ? attempt.outcome : { error: attempt.error }) }
    const result = resultOf(command, attempt)
    this.audit.record(command, topic, recorded, { result, detail })
    if (!attempt.ok) throw withoutStack(attempt.error, REPLAY_FAILED)
    if (result === 'refused')
      throw withoutStack('the batch is counted by now: there is nothing to skip', COMMAND_REFUSED)
    return attempt.outcome
  }

  /** Tries a replay, after the command with which the workflow was started, if there is one. */
  async attemptByItself(): Promise<void> {
    if (this.#arriving > 0) await condition(() => this.#arriving === 0)
    await this.attempt('replay', { commandId: uuid4(), reason: '' })
  }

  /** Runs one attempt at a time. After the batch is settled, it returns how. */
  async attempt(command: Command, request: { commandId: string; reason: string }): Promise<ReplayAttempt> {
    // A loop, because one condition wakes all that wait, and only the first may go on.
    while (this.#isBusy) await condition(() => !this.#isBusy)
    if (this.settled !== null) return { ok: true, outcome: asAlreadyApplied(this.settled) }
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

/** A failure that answers an operator and is no defect: the Web UI would show its stack trace with it. */
function withoutStack(why: string, type: string): ApplicationFailure {
  const failure = ApplicationFailure.nonRetryable(why, type)
  failure.stack = ''
  return failure
}

const asAlreadyApplied = (settled: ReplayOutcome): ReplayOutcome =>
  settled.outcome === 'skipped' ? settled : { ...settled, outcome: 'already_applied' }

function resultOf(command: Command, attempt: ReplayAttempt): 'done' | 'refused' | 'failed' {
  if (!attempt.ok) return 'failed'
  return command === 'skip' && attempt.outcome.outcome !== 'skipped' ? 'refused' : 'done'
}
