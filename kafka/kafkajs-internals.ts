import { createRequire } from 'node:module'
import type { Kafka } from 'kafkajs'

// This is the one place that reaches below kafkajs's public interface, which has no way to read an offset
// range of a chosen partition, and whose group consumer silently resets a lost offset (G8). kafkajs is pinned
// to an exact version; test/kafka/kafka-contract.test.ts checks these assumptions against a real broker.

export type Broker = {
  nodeId: string
  /** By API key, the versions of that API that the broker supports. */
  versions: Record<number, { minVersion: number; maxVersion: number } | undefined> | null
  addPartitionsToTxn(
    request: TransactionIdentity & { topics: { topic: string; partitions: number[] }[] },
  ): Promise<unknown>
  addOffsetsToTxn(request: TransactionIdentity & { groupId: string }): Promise<unknown>
  txnOffsetCommit(
    request: TransactionIdentity & {
      groupId: string
      topics: { topic: string; partitions: { partition: number; offset: string }[] }[]
    },
  ): Promise<unknown>
  describeConfigs(request: {
    resources: { type: number; name: string; configNames: string[] }[]
  }): Promise<{ resources: { configEntries: { configName: string; configValue: string }[] }[] }>
  endTxn(request: TransactionIdentity & { transactionResult: boolean }): Promise<unknown>
  listOffsets(request: {
    isolationLevel: number
    topics: { topic: string; partitions: { partition: number; timestamp: string }[] }[]
  }): Promise<{ responses: { partitions: { partition: number; offset: string }[] }[] }>
  initProducerId(request: { transactionalId: string; transactionTimeout: number }): Promise<{
    producerId: string
    producerEpoch: number
  }>
}

export type TransactionIdentity = { transactionalId: string; producerId: string; producerEpoch: number }

export type Cluster = {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addMultipleTargetTopics(topics: string[]): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[]
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>
  findBroker(options: { nodeId: string }): Promise<Broker>
  findControllerBroker(): Promise<Broker>
  findGroupCoordinator(options: { groupId: string; coordinatorType?: 0 | 1 }): Promise<Broker>
  fetchTopicsOffset(
    topics: { topic: string; fromBeginning: boolean; partitions: { partition: number }[] }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>
}

/** Coordinator types of the FindCoordinator request. */
export const GROUP_COORDINATOR = 0
export const TRANSACTION_COORDINATOR = 1

/**
 * Isolation levels of fetch and list-offsets requests: whether records of open and aborted transactions are
 * included.
 */
export const READ_UNCOMMITTED = 0
export const READ_COMMITTED = 1

/** Milliseconds after which kafkajs asks for the partition leaders again without a reason. */
const METADATA_MAX_AGE_MS = 60_000

type ClusterFactory = (options: {
  metadataMaxAge: number
  allowAutoTopicCreation: boolean
  isolationLevel: number
}) => Cluster

const load = createRequire(import.meta.url)

const symbolNamed = (owner: object, name: string): symbol => {
  for (
    let level: object | null = owner;
    level !== null;
    level = Object.getPrototypeOf(level) as object | null
  ) {
    const found = Object.getOwnPropertySymbols(level).find((symbol) => symbol.description === name)
    if (found !== undefined) return found
  }
  throw wrongVersion(name)
}

const wrongVersion = (missing: string) =>
  new Error(`kafkajs has no ${missing}: it is not the version that package.json pins; run npm ci`)

const memberNamed = (owner: object, name: string): unknown =>
  (owner as Record<symbol, unknown>)[symbolNamed(owner, name)]

/** Makes a connection pool of its own. kafkajs answers one fetch at a time per pool and broker. */
export function createCluster(kafka: Kafka): Cluster {
  const factory = memberNamed(kafka, 'private:Kafka:createCluster') as ClusterFactory
  return factory({
    metadataMaxAge: METADATA_MAX_AGE_MS,
    allowAutoTopicCreation: false,
    isolationLevel: READ_COMMITTED,
  })
}

type RawRequest = { apiKey: number; apiVersion: number; apiName: string; body: Buffer | readonly Buffer[] }

/**
 * Sends a request that the caller has encoded, in one piece or several. Returns the bytes of the response
 * after its header.
 * @throws kafkajs's connection and time-out errors; the caller reads error codes inside the response
 */
export async function sendRaw(
  broker: Broker,
  { apiKey, apiVersion, apiName, body }: RawRequest,
): Promise<Buffer> {
  const send = memberNamed(broker, 'private:Broker:sendRequest') as (protocol: unknown) => Promise<Buffer>
  const payload = encoded(Array.isArray(body) ? (body as readonly Buffer[]) : [body as Buffer])
  const protocol = {
    request: { apiKey, apiVersion, apiName, encode: () => Promise.resolve(payload) },
    response: {
      decode: (bytes: Buffer) => Promise.resolve({ bytes, clientSideThrottleTime: 0 }),
      parse: (decoded: { bytes: Buffer }) => Promise.resolve(decoded.bytes),
    },
  }
  return await Reflect.apply(send, broker, [protocol])
}

/**
 * What kafkajs's request needs of an encoder, made of pieces that are copied once, into the request. A real
 * encoder would allocate and zero the next power of two and copy them there first.
 */
const encoded = (pieces: readonly Buffer[]) => ({
  buf: Buffer.alloc(0),
  buffer: {
    length: pieces.reduce((sum, piece) => sum + piece.length, 0),
    copy: (target: Buffer, start: number) => {
      pieces.reduce((at, piece) => at + piece.copy(target, at), start)
    },
  },
})

function methodOf(prototype: object, name: string): (...args: unknown[]) => unknown {
  const method: unknown = Reflect.get(prototype, name)
  if (typeof method !== 'function') throw wrongVersion(name)
  return method as (...args: unknown[]) => unknown
}

type Encoder = { buf: Buffer; offset: number; ensureAvailable(length: number): void }

/** A write at least this large grows the buffer to exactly what it needs. */
const LARGE_WRITE_BYTES = 64 * 1024

/**
 * kafkajs's encoder rounds every buffer up to a power of two and zeroes it, which doubles the memory of large
 * requests.
 */
export function growEncodersExactly(): void {
  const { prototype } = load('kafkajs/src/protocol/encoder') as { prototype: Encoder }
  const original = methodOf(prototype, 'ensureAvailable')
  prototype.ensureAvailable = function (this: Encoder, length: number) {
    const needed = this.offset + length
    if (length < LARGE_WRITE_BYTES || needed <= this.buf.length) {
      Reflect.apply(original, this, [length])
      return
    }
    const grown = Buffer.allocUnsafe(needed)
    this.buf.copy(grown, 0, 0, this.offset)
    this.buf = grown
  }
}

const { createErrorFromCode } = load('kafkajs/src/protocol/error') as {
  createErrorFromCode: (code: number) => Error
}

/** Throws kafkajs's error for a code of the Kafka protocol; returns if the code is 0. */
export function throwForCode(code: number): void {
  if (code !== 0) throw createErrorFromCode(code)
}

type RequestQueue = { pending: unknown[]; throttledUntil: number; scheduleCheckPendingRequests(): void }

/**
 * If nothing is pending, kafkajs 2.2.4 re-arms a timer with a negative delay for ever. Node 24 warns about it
 * and runs it every millisecond.
 */
export function stopIdleTimers(): void {
  const { prototype } = load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
  const original = methodOf(prototype, 'scheduleCheckPendingRequests')
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) Reflect.apply(original, this, [])
  }
}
