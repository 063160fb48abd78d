import { setTimeout as sleep } from 'node:timers/promises'
import type { Kafka, Producer } from 'kafkajs'
import type { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { kafkaFailure } from '../failure.ts'
import { partitionForKey } from '../records/murmur2.ts'
import { unlessAborted } from '../../concurrency/unless-aborted.ts'

export type LoginRecord = { key: Buffer; value: Buffer | null }

/**
 * A record that the topic refuses however often it is sent, for example because it is larger than
 * max.message.bytes.
 */
type Refusal = { record: LoginRecord; cause: PipelineFailure }

type SendResult = {
  /** Number of records that all in-sync replicas have, by partition. */
  acknowledged: Map<number, number>
  refused: Refusal[]
}

export type LoginProducer = {
  /**
   * Resolves when all in-sync replicas have every record that the topic accepts. Records with the same key
   * keep their order. It waits through outages of any length and rejects only when `signal` aborts. Only one
   * call may run at a time.
   */
  send(records: readonly LoginRecord[]): Promise<SendResult>
  close(): Promise<void>
}

type LoginProducerOptions = {
  topic: string
  /** Ends all waiting. Records on their way at that moment may or may not have arrived. */
  signal: AbortSignal
  /**
   * Called once when Kafka cannot be reached. `onRecovery` is called once when everything that waited has
   * arrived.
   */
  onOutage: (cause: Error) => void
  onRecovery: (outageMs: number) => void
}

const RETRY_MS = 500
/** A send that takes longer counts as an outage, because a broker that hangs does not answer at all. */
const SLOW_SEND_MS = 5_000
/** New partitions get records after this time at the latest. */
const PARTITIONS_REFRESH_MS = 10_000
/** The producer learns of new partitions by itself, so soon that a send hardly waits for it. */
const METADATA_MAX_AGE_MS = 1_000

/**
 * Makes a producer with acks=all and idempotence that sends each record once, even across a broker's restart:
 * each send holds records of one partition, and when kafkajs repeats a send, it gives the same sequence
 * numbers, by which the broker recognises it. The producer connects when it is first used.
 */
export function createLoginProducer(kafka: Kafka, options: LoginProducerOptions): LoginProducer {
  const { topic, signal } = options
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    retry: { retries: 3 },
  })
  const connect = createConnect(producer)
  const partitionCount = createPartitionCount(kafka, topic)
  const outage = createOutage(options)
  const retry = createRetry(signal, outage)

  return {
    async send(records) {
      const slow = setTimeout(() => {
        outage.begin(new Error(`no answer for ${SLOW_SEND_MS} ms`))
      }, SLOW_SEND_MS)
      try {
        await retry(connect)
        const groups = groupByPartition(records, await retry(() => partitionCount.current()))
        const sent = await Promise.all(
          Array.from(groups, async ([partition, group]) => {
            const send = (some: LoginRecord[]) => retry(() => sendTo(producer, topic, partition, some))
            const refused = await sendGroup(send, group)
            return { partition, refused, acknowledged: group.length - refused.length }
          }),
        )
        outage.end()
        return {
          acknowledged: new Map(sent.map(({ partition, acknowledged }) => [partition, acknowledged])),
          refused: sent.flatMap(({ refused }) => refused),
        }
      } finally {
        clearTimeout(slow)
      }
    },
    async close() {
      await Promise.allSettled([producer.disconnect(), partitionCount.close()])
    },
  }
}

/** Connects once. After a failure, the next call connects again. */
function createConnect(producer: Producer): () => Promise<void> {
  let connected: Promise<void> | null = null
  return () => {
    connected ??= producer.connect().catch((error: unknown) => {
      connected = null
      throw error
    })
    return connected
  }
}

type Outage = { begin: (error: unknown) => void; end: () => void }

/** Reports the beginning and the end of each outage once. */
function createOutage({ onOutage, onRecovery }: LoginProducerOptions): Outage {
  let sinceMs: number | null = null
  return {
    begin(error) {
      if (sinceMs === null) onOutage(kafkaFailure(error))
      sinceMs ??= Date.now()
    },
    end() {
      if (sinceMs !== null) onRecovery(Date.now() - sinceMs)
      sinceMs = null
    },
  }
}

/** Repeats work until it succeeds, fails for a permanent reason, or `signal` aborts. */
const createRetry =
  (signal: AbortSignal, outage: Outage) =>
  async <T>(work: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await unlessAborted(work(), signal)
      } catch (error) {
        signal.throwIfAborted()
        if (kafkaFailure(error).failureClass === 'permanent') throw kafkaFailure(error)
        if (!(error instanceof UnknownPartitionError)) outage.begin(error)
        await sleep(RETRY_MS, undefined, { signal })
      }
    }
  }

/**
 * Sends records of one partition and returns those that the topic refuses. If it refuses a group, the group
 * is halved until the records are known.
 */
async function sendGroup(
  send: (records: LoginRecord[]) => Promise<void>,
  group: LoginRecord[],
): Promise<Refusal[]> {
  try {
    await send(group)
    return []
  } catch (error) {
    const cause = kafkaFailure(error)
    if (cause.failureClass !== 'permanent') throw error
    if (group.length === 1) return group.map((record) => ({ record, cause }))
    const middle = group.length >> 1
    const refused = await sendGroup(send, group.slice(0, middle))
    return [...refused, ...(await sendGroup(send, group.slice(middle)))]
  }
}

class UnknownPartitionError extends Error {}

/**
 * Sends records of one partition. kafkajs sends nothing for a partition that it does not know, and reports
 * success without naming it.
 */
async function sendTo(
  producer: Producer,
  topic: string,
  partition: number,
  records: LoginRecord[],
): Promise<void> {
  const messages = records.map(({ key, value }) => ({ key, value, partition }))
  const sent = await producer.send({ topic, acks: -1, messages })
  if (!sent.some((answer) => answer.partition === partition)) throw new UnknownPartitionError()
}

function groupByPartition(records: readonly LoginRecord[], partitions: number): Map<number, LoginRecord[]> {
  return Map.groupBy(records, (record) => partitionForKey(record.key, partitions))
}

function createPartitionCount(kafka: Kafka, topic: string) {
  const admin = kafka.admin()
  let known: { partitions: number; atMs: number } | null = null
  return {
    async current(): Promise<number> {
      if (known !== null && Date.now() - known.atMs < PARTITIONS_REFRESH_MS) return known.partitions
      await admin.connect()
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      known = { partitions: topics[0]?.partitions.length ?? 0, atMs: Date.now() }
      return known.partitions
    },
    close: () => admin.disconnect(),
  }
}
