import {
  ApplicationFailure,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow'
import { authorText } from '../domain/access/command-author.ts'
import { DEFECT_ATTEMPTS } from '../domain/pipeline/failure.ts'
import { nextState, type IngestCommand, type OperatorCommand } from '../domain/pipeline/pipeline-state.ts'
import type { SliceReport } from '../domain/batch/slice-report.ts'
import { Audit } from './audit.ts'
import { COMMAND_REFUSED, ingestTopicId, reportSignal } from './contract.ts'
import type { ForwardedCommand, PartitionStatus } from './contract.ts'
import { ActedCommands } from './acted-commands.ts'
import type { ControlArgument } from './command-form.ts'
import { receiveForwarded } from './receive-forwarded.ts'
import { receiveCommand, type ReceivedCommand } from './receive-command.ts'
import { acceptLoss, FIRST_SLICE_MS, park, SLICE_MS, sliceActivities } from './partition-activities.ts'
import { logCommand, logMove } from './partition-log.ts'
import { showStatus } from './page/partition-page.ts'

export type IngestPartitionInput = {
  topic: string
  status: PartitionStatus
  /** The latest commands that the previous run carried out; absent in the first run. */
  acted?: string[]
}

/**
 * Pause between slices while Kafka or Postgres is away: short after a blip, and in an outage long enough to
 * keep the history small.
 */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 10_000

/** The state of one partition, the slices that ingest it and the commands to it. */
export class Partition {
  readonly topic: string
  readonly audit = new Audit()
  readonly acted: ActedCommands
  readonly #activities = sliceActivities()
  status: PartitionStatus
  #slice: CancellationScope | null = null
  #waitMs = FIRST_WAIT_MS
  /** Whether the next slice lets through the rejects that halted the partition as a flood. */
  #acceptsFlood = false
  /** Number of slices in a row that failed by a defect of our own code. */
  #failedSlices = 0
  /** While true no slice starts, because it would take the partition from the command. */
  #isParking = false

  constructor({ topic, status, acted }: IngestPartitionInput) {
    this.topic = topic
    this.status = status
    this.acted = new ActedCommands(acted ?? [])
  }

  async ingest(): Promise<void> {
    showStatus(this.topic, this.status)
    while (!workflowInfo().continueAsNewSuggested) {
      await condition(() => this.#isRunning() || this.isRetired)
      if (this.isRetired) return
      const report = await this.#runSlice()
      if (report !== null) await this.#applyReport(report)
      if (this.status.state === 'waiting') await this.#waitForPart()
      // Waits, or two deployments on one topic would take the partition from each other without a pause.
      if (report?.outcome === 'fenced') await condition(() => !this.#isRunning(), FIRST_WAIT_MS)
    }
  }

  get isRetired(): boolean {
    return this.status.state === 'retired'
  }

  /**
   * Executes an operator's command to this partition alone.
   * @throws {ApplicationFailure} if the state forbids it
   */
  async execute(
    command: OperatorCommand,
    argument: ControlArgument,
  ): Promise<{ partitions: PartitionStatus[] }> {
    const received = await receiveCommand(command, this.topic, argument)
    if (this.acted.has(command, received)) return { partitions: [this.status] }
    const refusal = received.refusal ?? (await this.#carryOut(command, received))
    const detail = refusal === null ? { ...this.status } : { refusal }
    const recorded = { ...received, partitions: [this.status.partition] }
    this.audit.record(command, this.topic, recorded, {
      result: refusal === null ? 'done' : 'refused',
      detail,
    })
    if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal, COMMAND_REFUSED)
    await this.report(null, null)
    return { partitions: [this.status] }
  }

  /**
   * Executes a command that the topic forwards, and reports the result to the topic, which writes the audit. A signed one
   * is verified again, as what the topic's workflow got: others can send this Signal, too.
   */
  async executeForTopic(forwarded: ForwardedCommand): Promise<void> {
    const { command, request } = forwarded
    const received = await receiveForwarded(this.topic, this.status.partition, forwarded)
    const refusal =
      received.refusal ?? (this.acted.has(command, received) ? null : await this.#carryOut(command, received))
    await this.report(request.commandId, refusal, forwarded)
  }

  /** @returns why the command is refused, or null once it has taken effect */
  async #carryOut(command: OperatorCommand, request: ReceivedCommand): Promise<string | null> {
    const { state, partition } = this.status
    if (nextState[state][command] === null) return `partition ${partition} is ${state}`
    if (command === 'accept_loss') {
      const accepted = await acceptLoss({ topic: this.topic, partition, commandId: request.commandId })
      if (!accepted.ok) return accepted.refusal
      this.status = { ...this.status, nextOffset: accepted.nextOffset }
      if (accepted.isRetired) {
        this.acted.add(command, request)
        this.#enter('retire', accepted.description)
        logCommand(this.topic, state, this.status, request)
        return null
      }
    }
    if (command === 'park') {
      const refusal = await this.#park(request)
      if (refusal !== null) return refusal
    }
    this.acted.add(command, request)
    this.#acceptsFlood = command === 'resume' && request.accept
    this.#enter(command, command === 'pause' ? request.reason : '')
    logCommand(this.topic, state, this.status, request)
    if (command === 'pause') this.#slice?.cancel()
    await condition(() =>
      command === 'pause' ? this.#slice === null : this.#slice !== null || !this.#isRunning(),
    )
    return null
  }

  /** @returns why nothing was parked, or null if it was */
  async #park({ commandId, author, reason }: ReceivedCommand): Promise<string | null> {
    const { partition } = this.status
    this.#isParking = true
    try {
      this.#slice?.cancel()
      await condition(() => this.#slice === null)
      const actor = authorText(author)
      const parked = await park({ topic: this.topic, partition, commandId, actor, reason })
      if (!parked.ok) return parked.refusal
      this.status = { ...this.status, nextOffset: parked.nextOffset }
      return null
    } finally {
      this.#isParking = false
    }
  }

  async #runSlice(): Promise<SliceReport | null> {
    const { partition, nextOffset, state } = this.status
    const summary = nextOffset === null ? 'slice' : `slice from offset ${nextOffset}`
    const longestMs = nextOffset === null || state === 'waiting' ? FIRST_SLICE_MS : SLICE_MS
    const request = {
      topic: this.topic,
      partition,
      longestMs,
      ...(this.#acceptsFlood ? { acceptFlood: true } : {}),
    }
    const slice = new CancellationScope()
    this.#slice = slice
    try {
      const report = await slice.run(() =>
        this.#activities.ingestSlice.executeWithOptions({ summary }, [request]),
      )
      this.#acceptsFlood &&= report.nextOffset === null
      return report
    } catch (error) {
      // Cancelled before a worker took the slice, or its worker died meanwhile, which Temporal reports as a
      // time-out.
      if (isCancellation(error) || slice.consideredCancelled) return null
      throw error
    } finally {
      this.#slice = null
    }
  }

  async #applyReport(report: SliceReport): Promise<void> {
    const before = this.status.state
    this.status = {
      ...this.status,
      nextOffset: report.nextOffset ?? this.status.nextOffset,
      lag: report.lag ?? this.status.lag,
    }
    this.#failedSlices = report.outcome === 'failed' ? this.#failedSlices + 1 : 0
    const isBroken = this.#failedSlices >= DEFECT_ATTEMPTS
    if (report.outcome === 'waiting' || (report.outcome === 'failed' && !isBroken))
      this.#enter('lose_part', report.reason)
    else if (report.outcome === 'halted' || isBroken) this.#enter('halt', report.reason)
    else this.#enter('recover', '')
    if (report.outcome === 'ended') this.#waitMs = FIRST_WAIT_MS
    showStatus(this.topic, this.status)
    if (this.status.state !== before) await this.#announce(before)
  }

  async #announce(before: PartitionStatus['state']): Promise<void> {
    logMove(this.topic, before, this.status)
    await this.report(null, null)
  }

  #enter(command: IngestCommand, reason: string): void {
    const state = nextState[this.status.state][command]
    if (state === null) return
    const keepsReason =
      state === this.status.state && (state === 'paused' || state === 'halted') && command !== 'halt'
    const since = state === this.status.state ? this.status.since : new Date().toISOString()
    this.status = { ...this.status, state, since, reason: keepsReason ? this.status.reason : reason }
    showStatus(this.topic, this.status)
  }

  async report(
    commandId: string | null,
    refusal: string | null,
    forwarded?: ForwardedCommand,
  ): Promise<void> {
    const topic = getExternalWorkflowHandle(ingestTopicId(this.topic))
    // If an operator terminated the topic's workflow, the next worker starts it again, and it then asks for a
    // report.
    const answer = {
      status: this.status,
      commandId,
      refusal,
      ...(forwarded === undefined ? {} : { forwarded }),
    }
    await topic.signal(reportSignal, answer).catch(() => undefined)
  }

  async #waitForPart(): Promise<void> {
    await condition(() => this.status.state !== 'waiting', this.#waitMs)
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS)
  }

  #isRunning(): boolean {
    return !this.#isParking && (this.status.state === 'running' || this.status.state === 'waiting')
  }
}
