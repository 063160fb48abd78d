import {
  ApplicationFailure,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
  allHandlersFinished,
  CancellationScope,
  isCancellation,
  patched,
} from '@temporalio/workflow'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { Activities } from '../activities/create-activities.ts'
import type { OperatorCommand } from '../domain/pipeline/pipeline-state.ts'
import { Audit } from './audit.ts'
import {
  acceptLossUpdate,
  askSignal,
  COMMAND_REFUSED,
  controlSignal,
  ingestPartitionId,
  parkUpdate,
  pauseUpdate,
  reportSignal,
  resumeUpdate,
  statusQuery,
} from './contract.ts'
import type { ControlResult, PartitionStatus, TopicControlRequest } from './contract.ts'
import {
  normaliseControl,
  validateControl,
  validateTopicPark,
  type ControlArgument,
} from './control-request.ts'
import { ingestPartition } from './ingest-partition.ts'
import { partitionSummary, showStatuses } from './partition-page.ts'

export type IngestTopicInput = {
  topic: string
  /** As of the run before; empty in the first one. */
  partitions?: PartitionStatus[]
  /** Why the whole topic is paused; partitions that are found meanwhile start paused. */
  pausedFor?: string | null
}

const { watchTopic } = proxyActivities<Activities>({
  // Ends by itself after five minutes.
  startToCloseTimeout: '6 minutes',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '5 seconds' },
})

/** Keeps one `ingestPartition` for each partition of a topic, and passes commands on to them. */
export async function ingestTopic(input: IngestTopicInput): Promise<void> {
  const topic = new Topic(input)
  setHandler(statusQuery, () => topic.statuses(), { description: 'State of every partition' })
  setHandler(pauseUpdate, (argument) => topic.command('pause', argument), {
    validator: validateControl,
    description: 'Stops all partitions, or some, after the batch in hand; the argument is the reason',
  })
  setHandler(resumeUpdate, (argument) => topic.command('resume', argument), {
    validator: validateControl,
    description: 'Goes on with all partitions, or some; the argument is the reason',
  })
  setHandler(acceptLossUpdate, (argument) => topic.command('accept_loss', argument), {
    validator: validateControl,
    description:
      'Goes on behind offsets that are lost, in all halted partitions or some; the argument is the reason',
  })
  setHandler(parkUpdate, (argument) => topic.command('park', argument), {
    validator: validateTopicPark,
    description: 'Sets aside what partitions cannot get over; the argument names them and the reason',
  })
  setHandler(reportSignal, (report) => {
    topic.hear(report)
  })
  while (!workflowInfo().continueAsNewSuggested) await topic.startMissing(await topic.watch())
  await condition(() => allHandlersFinished() && topic.audit.written)
  await continueAsNew<typeof ingestTopic>(topic.nextInput())
}

type Report = { status: PartitionStatus; commandId: string | null; refusal: string | null }

class Topic {
  readonly audit = new Audit()
  readonly #topic: string
  readonly #partitions = new Map<number, PartitionStatus>()
  /** By command and partition: what partitions answered. */
  readonly #answers = new Map<string, Map<number, Report>>()
  #pausedFor: string | null
  #watch: CancellationScope | null = null

  constructor({ topic, partitions = [], pausedFor = null }: IngestTopicInput) {
    this.#topic = topic
    this.#pausedFor = pausedFor
    for (const status of partitions) this.#partitions.set(status.partition, status)
  }

  /** Those that are read; a retired one may come back. */
  known = (): number[] =>
    [...this.#partitions.values()]
      .filter(({ state }) => state !== 'retired')
      .map(({ partition }) => partition)
  statuses = (): PartitionStatus[] => [...this.#partitions.values()].sort((a, b) => a.partition - b.partition)
  nextInput = (): IngestTopicInput => ({
    topic: this.#topic,
    partitions: this.statuses(),
    pausedFor: this.#pausedFor,
  })

  /** Waits for partitions that are not known, a retired one that comes back included; returns those that there are. */
  async watch(): Promise<number[]> {
    const watch = new CancellationScope()
    this.#watch = watch
    try {
      return await watch.run(() => watchTopic(this.#topic, this.known()))
    } catch (error) {
      if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error
      // Nothing is new. Another partition that retires has perhaps ended and not been heard yet: it is not to be started again.
      return patched('nothing-starts-after-a-retirement') ? [] : this.known()
    }
  }

  /** Starts partitions without a workflow: new ones, and ones that an operator terminated. */
  async startMissing(partitions: number[]): Promise<void> {
    await Promise.all(
      partitions.map(async (partition) => {
        const known = this.#known(partition)
        const status = known ?? this.#newPartition(partition)
        this.#partitions.set(partition, status)
        if (await this.#startPartition(status)) log.info(`reading ${this.#topic}/${partition}`)
        else if (known === undefined) await this.#partition(partition).signal(askSignal)
      }),
    )
    this.#show()
  }

  /** @returns once every partition that the command is for has taken or refused it */
  async command(command: OperatorCommand, argument: ControlArgument): Promise<ControlResult> {
    const request = normaliseControl(argument)
    const unknown = (request.partitions ?? []).filter((partition) => this.#known(partition) === undefined)
    if (unknown.length > 0)
      this.#refuse(command, request, `${this.#topic} has no partition ${unknown.join(', ')}`)
    const targets = request.partitions === null ? this.known() : [...new Set(request.partitions)]
    const pausedBefore = this.#pausedFor
    if (request.partitions === null && (command === 'pause' || command === 'resume'))
      this.#pausedFor = command === 'pause' ? request.reason : null
    const answers = new Map<number, Report>()
    this.#answers.set(request.commandId, answers)
    await Promise.all(targets.map((partition) => this.#forward(command, request, partition, answers)))
    await condition(() => answers.size === targets.length)
    this.#answers.delete(request.commandId)
    return this.#conclude(command, request, [...answers.values()], pausedBefore)
  }

  hear(report: Report): void {
    this.#partitions.set(report.status.partition, report.status)
    // The watch that runs takes it for one that is there.
    if (report.status.state === 'retired') this.#watch?.cancel()
    if (report.commandId !== null) this.#answers.get(report.commandId)?.set(report.status.partition, report)
    this.#show()
  }

  #conclude(
    command: string,
    request: TopicControlRequest,
    answers: Report[],
    pausedBefore: string | null,
  ): ControlResult {
    answers.sort((a, b) => a.status.partition - b.status.partition)
    const refusals = answers.flatMap(({ refusal }) => (refusal === null ? [] : [refusal]))
    const partitions = answers.map(({ status }) => status)
    if (refusals.length === answers.length) {
      this.#pausedFor = pausedBefore
      this.#refuse(
        command,
        request,
        answers.length > 0 ? refusals.join('; ') : `${this.#topic} has no partition yet`,
      )
    }
    // Resumed one by one, the topic is paused no more: partitions that are added later run.
    if (this.statuses().every(({ state }) => state !== 'paused')) this.#pausedFor = null
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
    answers: Map<number, Report>,
  ): Promise<void> {
    const { commandId, actor, reason, accept = false } = request
    try {
      await this.#partition(partition).signal(controlSignal, {
        command,
        request: { commandId, actor, reason, accept },
      })
    } catch {
      const status = this.#partitions.get(partition) ?? this.#newPartition(partition)
      const refusal = `the workflow of partition ${partition} is not running; it is started again within minutes`
      answers.set(partition, { status, commandId, refusal })
    }
  }

  #known(partition: number): PartitionStatus | undefined {
    const status = this.#partitions.get(partition)
    return status?.state === 'retired' ? undefined : status
  }

  #partition(partition: number) {
    return getExternalWorkflowHandle(ingestPartitionId(this.#topic, partition))
  }

  async #startPartition(status: PartitionStatus): Promise<boolean> {
    try {
      await startChild(ingestPartition, {
        workflowId: ingestPartitionId(this.#topic, status.partition),
        args: [{ topic: this.#topic, status }],
        // The topic may continue as new, or be started again, while its partitions go on.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: partitionSummary(this.#topic, status),
      })
      return true
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false
      throw error
    }
  }

  #newPartition(partition: number): PartitionStatus {
    const since = new Date().toISOString()
    return this.#pausedFor === null
      ? { partition, state: 'running', nextOffset: null, lag: null, reason: '', since }
      : { partition, state: 'paused', nextOffset: null, lag: null, reason: this.#pausedFor, since }
  }

  #show(): void {
    showStatuses(this.#topic, this.statuses())
  }
}
