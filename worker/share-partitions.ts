import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { connectPostgres, type Sql } from '../db/connection/connect.ts'
import { checkSchema, SchemaRefusal } from '../db/schema/schema-version.ts'
import {
  announceWorker,
  LIVE_MS,
  rankWorker,
  type RunningWorker,
  withdrawWorker,
} from '../db/ledger/workers.ts'
import { partitionShare } from '../domain/pipeline/partition-share.ts'
import type { TopicOffsets } from '../kafka/topics/topic-offsets.ts'
import type { SliceSlots } from './slice-slots.ts'

/** Who stops is followed within this. */
const LOOK_EVERY_MS = 1_000
/** What is written has replicas replay it, and answers that are kept asked again. */
const ANNOUNCE_EVERY_MS = 2_000
/** As often as the workflow of the topic looks for new partitions. */
const COUNT_PARTITIONS_EVERY_MS = 5_000
/** After an outage, or frozen: so long have others to be seen again before they count as gone. */
const RETURN_MS = 8_000
const STATEMENT_TIMEOUT_MS = 3_000

export type SharingOptions = {
  config: Config
  self: RunningWorker
  slots: SliceSlots
  topicOffsets: TopicOffsets
  /** False while Temporal gives this worker nothing: then the others are to have its share. */
  takesSlices: () => boolean
  /** Is told once that this worker may not write the database any more. */
  refused: (refusal: SchemaRefusal) => void
}

/**
 * Keeps the slots of this worker at its share of the partitions, for as long as it runs: workers say in Postgres that they run,
 * and each takes its part of what Kafka has. While either is away, what was known last goes on; before anything is known,
 * nothing bounds the slices, which say what is away.
 * @returns what ends it: the others take over
 */
export function sharePartitions(options: SharingOptions): () => Promise<void> {
  const stop = new AbortController()
  const sharing = new Sharing(options)
  const looking = repeat(LOOK_EVERY_MS, stop.signal, () => sharing.look())
  void repeat(COUNT_PARTITIONS_EVERY_MS, stop.signal, () => sharing.countPartitions())
  return async () => {
    stop.abort()
    await Promise.race([looking.then(() => sharing.withdraw()), sleep(LOOK_EVERY_MS)])
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

  async look(): Promise<void> {
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

  /** postgres.js waits longer after each failure: who comes back late would be taken for gone. */
  async #reconnect(): Promise<void> {
    if (this.#seenMs === -Infinity) this.#options.slots.setLimit(Infinity)
    const old = this.#sql
    this.#sql = connect(this.#options.config)
    await old.end({ timeout: 0 }).catch(() => undefined)
  }
}

const connect = ({ database }: Config): Sql =>
  connectPostgres(database.url, {
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
