import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow'
import { authorText } from '../domain/access/command-author.ts'
import { temporalActor } from '../domain/access/command-proof.ts'
import { bucketMs } from '../domain/time/bucket.ts'
import type { Activities } from '../activities/create-activities.ts'
import { markdownList, markup } from './page/markdown.ts'
import type { PlannedBatch } from '../domain/batch/replay-plan.ts'
import { Audit } from './audit.ts'
import { COMMAND_REFUSED } from './contract.ts'
import { showDetails } from './page/details.ts'
import type { ControlArgument } from './command-form.ts'
import { decideAuthor, receiveCommand, receiveStart, type ReceivedCommand } from './receive-command.ts'
import {
  cancelRunUpdate,
  pauseRunUpdate,
  plannedUpdate,
  replayRunId,
  replayRunQuery,
  resumeRunUpdate,
  type ReplayRunInput,
  type ReplayRunStatus,
  type RunState,
} from './run-contract.ts'

const { planReplay } = proxyActivities<Pick<Activities, 'planReplay'>>({
  // It reads and decodes up to 500 batches.
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
})
const { requestReplay } = proxyActivities<Pick<Activities, 'requestReplay'>>({
  // The workflow of the batch waits through outages; a retry finds the same Update.
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
})

type RunCommand = 'pause' | 'resume' | 'cancel'

/** Null: the state forbids the command. */
const nextState: Record<RunState, Record<RunCommand, RunState | null>> = {
  planning: { pause: null, resume: null, cancel: 'cancelled' },
  running: { pause: 'paused', resume: null, cancel: 'cancelled' },
  paused: { pause: null, resume: 'running', cancel: 'cancelled' },
  cancelled: { pause: null, resume: null, cancel: null },
  done: { pause: null, resume: null, cancel: null },
}

/**
 * Replays many parked batches, one after the other and at a limited rate. Makes a plan first; a dry run ends
 * with it.
 */
export async function replayBatches(input: ReplayRunInput): Promise<ReplayRunStatus> {
  const run = new ReplayRun(input)
  setHandler(replayRunQuery, () => run.status, { description: 'Plan, progress and results' })
  setHandler(plannedUpdate, () => run.planned(), { description: 'Answers once the plan is made' })
  for (const [update, command] of [
    [pauseRunUpdate, 'pause'],
    [resumeRunUpdate, 'resume'],
    [cancelRunUpdate, 'cancel'],
  ] as const)
    setHandler(update, (argument) => run.execute(command, argument), {
      description: `${command}s the run after the batch in hand; the argument is the reason`,
    })
  await run.plan()
  await run.replayAll()
  await condition(() => allHandlersFinished() && run.audit.written)
  return run.status
}

class ReplayRun {
  readonly audit = new Audit()
  readonly #input: ReplayRunInput
  /** The command that started the run; null until it is known who sent it. */
  #run: ReceivedCommand | null = null
  status: ReplayRunStatus

  constructor(input: ReplayRunInput) {
    this.#input = input
    const { commandId, reason, topic, dryRun, maxPerMinute } = input
    const told = { commandId, actor: temporalActor.name, reason, topic, dryRun, maxPerMinute }
    this.status = { ...told, state: 'planning', refusal: null, plan: null, results: [] }
  }

  /** Makes the plan, unless the command is refused. */
  async plan(): Promise<void> {
    const { topic, selection, dryRun } = this.#input
    const received = await receiveStart('replay_many', this.#input, replayRunId)
    const planned =
      received.refusal === null
        ? await planReplay(topic, selection)
        : ({ ok: false, refusal: received.refusal } as const)
    const author = await decideAuthor(received.author)
    this.#run = { ...received, author }
    this.status = { ...this.status, actor: authorText(author) }
    if (planned.ok) this.status = { ...this.status, plan: planned.plan }
    else this.status = { ...this.status, refusal: planned.refusal }
    const goesOn = planned.ok && !dryRun && this.status.state === 'planning'
    this.#enter(goesOn ? 'running' : this.status.state === 'cancelled' ? 'cancelled' : 'done')
    const detail = planned.ok
      ? { dryRun, batches: planned.plan.batches.length, logins: planned.plan.logins }
      : { dryRun, refusal: planned.refusal }
    this.audit.record('replay_many', topic, this.#run, { result: planned.ok ? 'done' : 'refused', detail })
  }

  async planned(): Promise<ReplayRunStatus> {
    await condition(() => this.status.plan !== null || this.status.refusal !== null)
    const { refusal } = this.status
    if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal, COMMAND_REFUSED)
    return this.status
  }

  async replayAll(): Promise<void> {
    for (const batch of this.status.plan?.batches ?? []) {
      await condition(() => this.status.state !== 'paused')
      if (this.status.state !== 'running') return
      await this.#replay(batch)
      await sleep(Math.ceil(bucketMs.minute / this.#input.maxPerMinute))
    }
    if (this.status.state !== 'cancelled') this.#enter('done')
  }

  async execute(command: RunCommand, argument: ControlArgument): Promise<ReplayRunStatus> {
    const { commandId: run, topic } = this.#input
    const received = await receiveCommand(`${command}_run`, topic, argument)
    const state = nextState[this.status.state][command]
    const refusal = received.refusal ?? (state === null ? `the run is ${this.status.state}` : null)
    const detail = { run, state: this.status.state, ...(received.refusal === null ? {} : { refusal }) }
    const result = refusal === null ? 'done' : 'refused'
    this.audit.record(`${command}_run`, topic, { ...received, partitions: null }, { result, detail })
    if (state === null || refusal !== null)
      throw ApplicationFailure.nonRetryable(refusal ?? '', COMMAND_REFUSED)
    this.#enter(state)
    return this.status
  }

  async #replay({ batchId, partition, incarnation, from, to, error }: PlannedBatch): Promise<void> {
    const { commandId, reason, topic } = this.#input
    const result = await requestReplay({
      batch: { batchId, topic, partition, incarnation, from, to, error: error ?? '' },
      commandId: `${commandId}/${batchId}`,
      reason,
      ...(this.#run === null ? {} : { author: this.#run.author }),
    })
    this.status = { ...this.status, results: [...this.status.results, result] }
    this.#show()
  }

  #enter(state: RunState): void {
    this.status = { ...this.status, state }
    this.#show()
  }

  #show(): void {
    const { state, plan, results, dryRun } = this.status
    const failed = results.filter(({ outcome }) => outcome === 'failed').length
    showDetails(
      markdownList(markup`**${dryRun ? 'dry run: ' : ''}${state}**`, [
        markup`${plan?.batches.length ?? 0} batches with ${plan?.logins ?? 0} logins`,
        markup`${results.length} tried, ${failed} of them failed again and stay parked`,
      ]),
    )
  }
}
