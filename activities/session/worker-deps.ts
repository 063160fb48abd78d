import type { Config } from '../../config/config.ts'
import type { Semaphore } from '../../concurrency/semaphore.ts'
import type { ParkedBatch } from '../../domain/batch/parked-batch.ts'
import type { decodeRecords } from '../../domain/decode/decode-records.ts'
import type { SharedSightingCache } from '../../domain/sightings/sighting-cache.ts'
import type { Kafka } from '../../kafka/client.ts'
import type { FetchBudget } from './fetch-budget.ts'

/** What activities need of their process; one for all that run in it. */
export type WorkerDeps = {
  config: Config
  kafka: Kafka
  /** Shown as the holder of a partition. */
  workerName: string
  codeVersion: string
  sighting: SharedSightingCache
  /**
   * Bounds the memory of the process: a batch in work has its bytes, and its text for both outputs. Weighs a batch by how full
   * it is (see RangeReader.fetch): while little comes, all partitions go on side by side.
   */
  batchesInWork: Semaphore
  /** Lets one batch be decided at a time: two in turns would both be done late, and then wait for Postgres together. */
  deciding: Semaphore
  /** Bounds what slices have fetched and wait to have decided. */
  fetchBudget: FetchBudget
  decode: typeof decodeRecords
  /** Unix milliseconds. */
  clock: () => number
  /** Starts the workflow that keeps a parked batch; one that exists already is left alone. */
  handOver: (batch: ParkedBatch) => Promise<void>
  /** Called at the steps of a batch; tests end the process there. */
  onStep?: (step: BatchStep) => void | Promise<void>
}

export type BatchStep =
  | 'before_postgres_commit'
  | 'after_postgres_commit'
  | 'after_parking'
  | 'inside_kafka_transaction'
  | 'after_kafka_commit'
  | 'before_replay_commit'
  | 'after_replay_commit'
  | 'inside_late_kafka_transaction'
  | 'after_late_kafka_commit'
