import { ApplicationFailure, condition } from '@temporalio/workflow'
import type { OperatorCommand } from '../domain/pipeline/pipeline-state.ts'
import { Audit } from './audit.ts'
import { COMMAND_REFUSED, controlSignal } from './contract.ts'
import type { ControlResult, PartitionStatus, TopicControlRequest } from './contract.ts'
import { type ControlArgument, normaliseControl } from './control-request.ts'
import type { TopicPartitions } from './topic-partitions.ts'

/** A partition's report of its status; with `commandId`, also its answer to that command. */
type PartitionReport = { status: PartitionStatus; commandId: string | null; refusal: string | null }

/** Commands to a topic: each is forwarded to its partitions, and answered once all of them have answered. */
export class TopicCommands {
  readonly audit = new Audit()
  readonly #topic: string
  readonly #partitions: TopicPartitions
  /** The answers of partitions, by command and partition. */
  readonly #answers = new Map<string, Map<number, PartitionReport>>()

  constructor(topic: string, partitions: TopicPartitions) {
    this.#topic = topic
    this.#partitions = partitions
  }

  /**
   * Waits until every partition that the command is for has executed or refused it.
   * @throws {ApplicationFailure} if all refused
   */
  async execute(command: OperatorCommand, argument: ControlArgument): Promise<ControlResult> {
    const request = normaliseControl(argument)
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
  handleReport(report: PartitionReport): void {
    this.#partitions.update(report.status)
    if (report.commandId !== null) this.#answers.get(report.commandId)?.set(report.status.partition, report)
    this.#partitions.show()
  }

  #conclude(
    command: string,
    request: TopicControlRequest,
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
    const accepted = request.accept === true ? { accept: true } : {}
    this.audit.record(command, this.#topic, request, { result: 'done', detail: { partitions, ...accepted } })
    return { partitions }
  }

  #refuse(command: string, request: TopicControlRequest, refusal: string): never {
    this.audit.record(command, this.#topic, request, { result: 'refused', detail: { refusal } })
    throw ApplicationFailure.nonRetryable(refusal, COMMAND_REFUSED)
  }

  async #forward(
    command: OperatorCommand,
    request: TopicControlRequest,
    partition: number,
    answers: Map<number, PartitionReport>,
  ): Promise<void> {
    const { commandId, actor, reason, accept = false } = request
    try {
      await this.#partitions.handle(partition).signal(controlSignal, {
        command,
        request: { commandId, actor, reason, accept },
      })
    } catch {
      const status = this.#partitions.statusOf(partition)
      const refusal = `the workflow of partition ${partition} is not running; it is started again within minutes`
      answers.set(partition, { status, commandId, refusal })
    }
  }
}
