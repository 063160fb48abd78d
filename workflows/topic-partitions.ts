import {
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  ParentClosePolicy,
  patched,
  proxyActivities,
  startChild,
} from '@temporalio/workflow'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { Activities } from '../activities/create-activities.ts'
import { askSignal, ingestPartitionId, type PartitionStatus } from './contract.ts'
import { ingestPartition } from './ingest-partition.ts'
import { partitionSummary, showStatuses } from './page/partition-page.ts'

const { watchTopic } = proxyActivities<Activities>({
  // The activity ends by itself after five minutes.
  startToCloseTimeout: '6 minutes',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '5 seconds' },
})

/** The partitions of a topic, the last report of each, and the workflow of each. */
export class TopicPartitions {
  /** Why the whole topic is paused, so that new partitions start paused; null if it is not. */
  pausedFor: string | null
  readonly #topic: string
  readonly #partitions = new Map<number, PartitionStatus>()
  #watch: CancellationScope | null = null

  constructor(topic: string, partitions: readonly PartitionStatus[], pausedFor: string | null) {
    this.#topic = topic
    this.pausedFor = pausedFor
    for (const status of partitions) this.#partitions.set(status.partition, status)
  }

  /**
   * The partitions that are not retired. A retired one is left out, because it may come back as a new one.
   */
  known = (): number[] =>
    [...this.#partitions.values()]
      .filter(({ state }) => state !== 'retired')
      .map(({ partition }) => partition)

  statuses = (): PartitionStatus[] => [...this.#partitions.values()].sort((a, b) => a.partition - b.partition)

  /** The last reported status of a partition; for an unknown one, the status in which it starts. */
  statusOf = (partition: number): PartitionStatus =>
    this.#partitions.get(partition) ?? this.#newPartition(partition)

  /** The workflow of a partition. */
  handle = (partition: number) => getExternalWorkflowHandle(ingestPartitionId(this.#topic, partition))

  /**
   * Waits until the topic has partitions that are not known; a retired one that comes back counts as new.
   * @returns all of its partitions
   */
  async watch(): Promise<number[]> {
    const watch = new CancellationScope()
    this.#watch = watch
    try {
      return await watch.run(() => watchTopic(this.#topic, this.known()))
    } catch (error) {
      if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error
      // No partition is new. None is started, as another one may have retired and its report may still be on
      // the way.
      return patched('nothing-starts-after-a-retirement') ? [] : this.known()
    }
  }

  /**
   * Starts the workflows of partitions that have none: of new ones, and of ones that an operator terminated.
   */
  async startMissing(partitions: number[]): Promise<void> {
    await Promise.all(
      partitions.map(async (partition) => {
        const known = this.#known(partition)
        const status = known ?? this.#newPartition(partition)
        this.#partitions.set(partition, status)
        if (await this.#startPartition(status))
          log.info(`reading ${this.#topic}/${partition}`, { topic: this.#topic, partition })
        else if (known === undefined) await this.handle(partition).signal(askSignal)
      }),
    )
    this.show()
  }

  /** Stores the reported status of a partition. */
  update(status: PartitionStatus): void {
    this.#partitions.set(status.partition, status)
    // The running watch still counts the partition as known, and would not notice that it comes back.
    if (status.state === 'retired') this.#watch?.cancel()
  }

  /** Shows the partitions on the page of the workflow. */
  show(): void {
    showStatuses(this.#topic, this.statuses())
  }

  #known(partition: number): PartitionStatus | undefined {
    const status = this.#partitions.get(partition)
    return status?.state === 'retired' ? undefined : status
  }

  async #startPartition(status: PartitionStatus): Promise<boolean> {
    try {
      await startChild(ingestPartition, {
        workflowId: ingestPartitionId(this.#topic, status.partition),
        args: [{ topic: this.#topic, status }],
        // The partitions keep running while the topic continues as new or is started again.
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
    return this.pausedFor === null
      ? { partition, state: 'running', nextOffset: null, lag: null, reason: '', since }
      : { partition, state: 'paused', nextOffset: null, lag: null, reason: this.pausedFor, since }
  }
}
