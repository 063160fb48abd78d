import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { connectPostgres, type Sql } from '../db/connection/connect.ts'
import { checkSchema, SchemaRefusal } from '../db/schema/schema-version.ts'
import {
  announceWorker,
  LIVE_MS,
  rankWorker,
  type IngestingWorker,
  withdrawWorker,
} from '../db/ledger/workers.ts'
import { partitionShare } from '../domain/pipeline/partition-share.ts'
import type { TopicOffsets } from '../kafka/topics/topic-offsets.ts'
import type { SliceSlots } from './slice-slots.ts'

/**
 * How often a worker computes its share, and so about how soon it takes over the partitions of one that
 * stops.
 */
const CHECK_EVERY_MS = 1_000
/**
 * Less often than the checks: each announcement is a write, which replicas replay and which makes cached
 * answers stale.
 */
const ANNOUNCE_EVERY_MS = 2_000
/** As often as the activity watchTopic looks for new partitions. */
const COUNT_PARTITIONS_EVERY_MS = 5_000
/**
 * After this worker could not reach Postgres for a while, or was frozen, the others may have been, too: they
 * get this long to announce themselves again before they count as gone.
 */
const RETURN_MS = 8_000
const STATEMENT_TIMEOUT_MS = 3_000

type SharingOptions = {
  config: Config
  self: IngestingWorker
  slots: SliceSlots
  topicOffsets: TopicOffsets
  /**
   * False while Temporal gives this worker no slices: it then announces nothing, so that the others take its
   * share.
   */
  takesSlices: () => boolean
  /** Called once when this version must not write the database any more. */
  refused: (refusal: SchemaRefusal) => void
}

/**
 * Keeps the number of slots at this worker's share of the partitions. Each worker announces itself in
 * Postgres and takes an equal part of the partitions that Kafka has. While Postgres or Kafka is away, the
 * last share stays. Before Postgres has answered for the first time there is no limit, so that slices run and
 * report what is away.
 * @returns a function that ends the sharing and withdraws this worker, so that the others take over
 */
export function sharePartitions(options: SharingOptions): () => Promise<void> {
  const stop = new AbortController()
  const sharing = new Sharing(options)
  const checking = repeat(CHECK_EVERY_MS, stop.signal, () => sharing.check())
  void repeat(COUNT_PARTITIONS_EVERY_MS, stop.signal, () => sharing.countPartitions())
  return async () => {
    stop.abort()
    await Promise.race([checking.then(() => sharing.withdraw()), sleep(CHECK_EVERY_MS)])
    await sharing.close()
  }
}

class Sharing {
  readonly #options: SharingOptions
  #sql: Sql
  #partitions: number | null = null
  #announcedMs = -Infinity
  #seenMs = -Infinity
  #trustsFromMs = -Infinity
  #isRefused = false

  constructor(options: SharingOptions) {
    this.#options = options
    this.#sql = connect(options.config)
  }

  async check(): Promise<void> {
    try {
      await checkSchema(this.#sql, 'write')
      if (this.#options.takesSlices()) await this.#takeShare()
    } catch (error) {
      if (error instanceof SchemaRefusal) this.#refuse(error)
      else await this.#reconnect()
    }
  }

  async countPartitions(): Promise<void> {
    const { topicOffsets, config } = this.#options
    const found = await topicOffsets.read(config.kafka.topic).catch(() => null)
    this.#partitions = found?.length ?? this.#partitions
  }

  withdraw = (): Promise<void> => withdrawWorker(this.#sql, this.#options.self.id).catch(() => undefined)
  close = (): Promise<void> => this.#sql.end({ timeout: 1 })

  async #takeShare(): Promise<void> {
    const { self, slots } = this.#options
    const startMs = performance.now()
    if (startMs - this.#announcedMs >= ANNOUNCE_EVERY_MS) {
      await announceWorker(this.#sql, self)
      this.#announcedMs = startMs
    }
    const rank = await rankWorker(this.#sql, self)
    const nowMs = performance.now()
    if (this.#seenMs > -Infinity && nowMs - this.#seenMs > LIVE_MS) this.#trustsFromMs = nowMs + RETURN_MS
    this.#seenMs = nowMs
    if (nowMs < this.#trustsFromMs) return
    const partitions = this.#partitions ?? rank.checkpoints
    slots.setLimit(partitions === 0 ? Infinity : partitionShare(partitions, rank))
  }

  #refuse(refusal: SchemaRefusal): void {
    this.#options.slots.setLimit(0)
    if (!this.#isRefused) this.#options.refused(refusal)
    this.#isRefused = true
  }

  /**
   * Connects anew, because postgres.js waits longer after each failure, and a worker that is late counts as
   * gone.
   */
  async #reconnect(): Promise<void> {
    if (this.#seenMs === -Infinity) this.#options.slots.setLimit(Infinity)
    const old = this.#sql
    this.#sql = connect(this.#options.config)
    await old.end({ timeout: 0 }).catch(() => undefined)
  }
}

const connect = ({ database }: Config): Sql =>
  connectPostgres(database, {
    applicationName: 'rollcall share',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
  })

async function repeat(everyMs: number, stop: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!stop.aborted) {
    await work()
    await sleep(everyMs, undefined, { signal: stop }).catch(() => undefined)
  }
}
