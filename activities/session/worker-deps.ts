import type { Config } from '../../config/config.ts'
import type { Semaphore } from '../../concurrency/semaphore.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import type { SharedCombinations } from '../../domain/columns/combinations.ts'
import type { DecodeStep } from '../../domain/columns/decode-step.ts'
import type { decodeRecords } from '../../domain/decode/decode-records.ts'
import type { SharedSightingCache } from '../../domain/sightings/sighting-cache.ts'
import type { Kafka } from '../../kafka/client.ts'
import type { Tracing } from '../../tracing/span.ts'
import type { Observer } from './observer.ts'

/** What slices and replays need of their process; all that run in it share one. */
export type WorkerDeps = {
  config: Config
  kafka: Kafka
  /** Name of the process, by which the checkpoint says who holds a partition. */
  workerName: string
  codeVersion: string
  sighting: SharedSightingCache
  /**
   * Limits the memory of the process, because a batch in work holds its bytes and the text of its outputs. A
   * batch weighs as much as it is full (see RangeReader.fetch): while little arrives, all partitions work
   * side by side.
   */
  batchesInWork: Semaphore
  /**
   * Lets one batch at a time be decided: two in turns would both be ready late, and then wait for Postgres
   * together.
   */
  deciding: Semaphore
  /** Limits the batches that slices have fetched and not taken yet. */
  fetchedBatches: Semaphore
  /** Decides records one by one. */
  decode: typeof decodeRecords
  /** Decides the records of a step, as `decode` does. */
  decodeStep: DecodeStep
  combinations: SharedCombinations
  /** The time in Unix milliseconds. */
  clock: () => number
  /** Starts the workflow of a parked batch, unless it exists already. Throws if Temporal is away. */
  startBatchWorkflow: (batch: ParkedBatch) => Promise<void>
  observe: Observer
  tracing: Tracing
  /** Called at each step of a batch; tests end the process there. */
  onStep?: (step: BatchStep) => void | Promise<void>
}

type BatchStep =
  | 'before_postgres_commit'
  | 'after_postgres_commit'
  | 'after_parking'
  | 'inside_kafka_transaction'
  | 'after_kafka_commit'
  | 'before_replay_commit'
  | 'after_replay_commit'
  | 'inside_late_kafka_transaction'
  | 'after_late_kafka_commit'
