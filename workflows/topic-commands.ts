import { ApplicationFailure, condition } from '@temporalio/workflow'
import type { OperatorCommand } from '../domain/pipeline/pipeline-state.ts'
import { Audit } from './audit.ts'
import { COMMAND_REFUSED, controlSignal } from './contract.ts'
import type { ControlResult, PartitionReport, PartitionStatus } from './contract.ts'
import { ActedCommands } from './acted-commands.ts'
import type { ControlArgument } from './command-form.ts'
import { receiveCommand, type ReceivedCommand } from './receive-command.ts'
import type { TopicPartitions } from './topic-partitions.ts'

/** How much is kept of the id of a command that came past the topic. */
const STRAY_ID_CHARACTERS = 100

/** Commands to a topic: each is forwarded to its partitions, and answered once all of them have answered. */
export class TopicCommands {
  readonly audit = new Audit()
  readonly acted: ActedCommands
  readonly #topic: string
  readonly #partitions: TopicPartitions
  /** The answers of partitions, by command and partition. */
  readonly #answers = new Map<string, Map<number, PartitionReport>>()

  constructor(topic: string, partitions: TopicPartitions, acted: readonly string[]) {
    this.#topic = topic
    this.#partitions = partitions
    this.acted = new ActedCommands(acted)
  }

  /**
   * Waits until every partition that the command is for has executed or refused it.
   * @throws {ApplicationFailure} if all refused
   */
  async execute(command: OperatorCommand, argument: ControlArgument): Promise<ControlResult> {
    const request = await receiveCommand(command, this.#topic, argument)
    const { refusal } = request
    if (refusal !== null) this.#refuse(command, request, refusal)
    if (command === 'park' && request.partitions === null)
      this.#refuse(command, request, 'name the partitions whose batch in hand is to be parked')
    if (this.acted.has(command, request)) return { partitions: this.#statusesOf(request) }
    const known = this.#partitions.known()
    const unknown = (request.partitions ?? []).filter((partition) => !known.includes(partition))
    if (unknown.length > 0)
      this.#refuse(command, request, `${this.#topic} has no partition ${unknown.join(', ')}`)
    const targets = request.partitions === null ? known : [...new Set(request.partitions)]
    const pausedBefore = this.#partitions.pausedFor
    if (request.partitions === null && (command === 'pause' || command === 'resume'))
      this.#partitions.pausedFor = command === 'pause' ? request.reason : null
    const answers = new Map<number, PartitionReport>()
    this.#answers.set(request.commandId, answers)
    await Promise.all(targets.map((partition) => this.#forward(command, request, partition, answers)))
    await condition(() => answers.size === targets.length)
    this.#answers.delete(request.commandId)
    return this.#conclude(command, request, [...answers.values()], pausedBefore)
  }

  /** Takes the report of a partition, which may be the answer to a command. */
  async handleReport(report: PartitionReport): Promise<void> {
    this.#partitions.update(report.status)
    this.#partitions.show()
    if (report.commandId === null) return
    const answers = this.#answers.get(report.commandId)
    if (answers !== undefined) answers.set(report.status.partition, report)
    else await this.#recordStray(report)
  }

  /** A command that a partition got and this run did not send: of somebody else, or of a run that was terminated. */
  async #recordStray({ forwarded, status, refusal }: PartitionReport): Promise<void> {
    if (forwarded === undefined) return
    const { command, request, signed } = forwarded
    const received = await receiveCommand(command, this.#topic, signed ?? request, {
      unsignedId: `${request.commandId.slice(0, STRAY_ID_CHARACTERS)}/control-${status.partition}`,
    })
    const stray = { ...received, partitions: [status.partition], forwardedAs: request.commandId }
    this.audit.record(
      command,
      this.#topic,
      stray,
      refusal === null
        ? { result: 'done', detail: { by: 'signal', ...status } }
        : { result: 'refused', detail: { by: 'signal', refusal } },
    )
  }

  #statusesOf({ partitions }: ReceivedCommand): PartitionStatus[] {
    return this.#partitions
      .statuses()
      .filter(({ partition }) => partitions === null || partitions.includes(partition))
  }

  #conclude(
    command: OperatorCommand,
    request: ReceivedCommand,
    answers: PartitionReport[],
    pausedBefore: string | null,
  ): ControlResult {
    answers.sort((a, b) => a.status.partition - b.status.partition)
    const refusals = answers.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]))
    const partitions = answers.map(({ status }) => status)
    if (refusals.length === answers.length) {
      this.#partitions.pausedFor = pausedBefore
      this.#refuse(
        command,
        request,
        answers.length > 0 ? refusals.join('; ') : `${this.#topic} has no partition yet`,
      )
    }
    // Once no partition is paused, the topic is not either, and partitions that are added later run.
    if (this.#partitions.statuses().every(({ state }) => state !== 'paused'))
      this.#partitions.pausedFor = null
    this.acted.add(command, request)
    const accepted = request.accept ? { accept: true } : {}
    this.audit.record(command, this.#topic, request, { result: 'done', detail: { partitions, ...accepted } })
    return { partitions }
  }

  #refuse(command: OperatorCommand, request: ReceivedCommand, refusal: string): never {
    this.audit.record(command, this.#topic, request, { result: 'refused', detail: { refusal } })
    throw ApplicationFailure.nonRetryable(refusal, COMMAND_REFUSED)
  }

  async #forward(
    command: OperatorCommand,
    request: ReceivedCommand,
    partition: number,
    answers: Map<number, PartitionReport>,
  ): Promise<void> {
    const { commandId, author, reason, accept } = request
    const signed = author.state === 'unverified' ? {} : { signed: author.signed.argument }
    try {
      await this.#partitions.handle(partition).signal(controlSignal, {
        command,
        request: { commandId, reason, accept },
        ...signed,
      })
    } catch {
      const status = this.#partitions.statusOf(partition)
      const refusal = `the workflow of partition ${partition} is not running; it is started again within minutes`
      answers.set(partition, { status, commandId, refusal })
    }
  }
}
