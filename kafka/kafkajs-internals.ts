import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { Kafka } from 'kafkajs'
import { receiveOnce } from './broker-socket.ts'
import { int16, int32, string } from './records/wire.ts'

// This and kafkajs-timers.ts are the places that reach below kafkajs's public interface, which has no way to read an offset
// range of a chosen partition, and whose group consumer silently resets a lost offset (G8). kafkajs is pinned
// to an exact version; test/kafka/kafka-contract.test.ts checks these assumptions against a real broker.

export type Broker = {
  nodeId: string
  connectionPool: {
    getConnectionByRequest(request: { request: { apiKey: number } }): Promise<Connection>
  }
  disconnect(): Promise<void>
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
  }): Promise<{ responses: { partitions: { partition: number; offset: string; timestamp: string }[] }[] }>
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

type Answer = { payload: Buffer }
type Connection = {
  clientId: string
  socket: Socket
  requestQueue: {
    push(request: {
      entry: Omit<RawRequest, 'body'> & {
        correlationId: number
        resolve: (answer: Answer) => void
        reject: (error: Error) => void
      }
      expectResponse: boolean
      requestTimeout: null
      sendRequest: () => void
    }): void
    fulfillRequest(response: { correlationId: number; payload: Buffer; size: number }): void
  }
  isAuthenticated(): boolean
  failIfNotConnected(): void
  nextCorrelationId(): number
}

/**
 * Sends a request that the caller has encoded, in one piece or several, and which must stay as they are until the response
 * is there: kafkajs would copy them twice. Returns the bytes of the response after its header.
 * @throws kafkajs's connection and time-out errors; the caller reads error codes inside the response
 */
export async function sendRaw(broker: Broker, { body, ...request }: RawRequest): Promise<Buffer> {
  try {
    const connection = await broker.connectionPool.getConnectionByRequest({ request })
    if (!connection.isAuthenticated())
      await (memberNamed(connection, 'private:Connection:authenticate') as () => Promise<void>)()
    connection.failIfNotConnected()
    const correlationId = connection.nextCorrelationId()
    const pieces = Array.isArray(body) ? (body as readonly Buffer[]) : [body as Buffer]
    const { payload } = await new Promise<Answer>((resolve, reject) => {
      connection.requestQueue.push({
        entry: { ...request, correlationId, resolve, reject },
        expectResponse: true,
        requestTimeout: null,
        sendRequest: () => {
          receiveOnce(connection.socket, correlationId, (payload) => {
            connection.requestQueue.fulfillRequest({ correlationId, payload, size: payload.length })
          })
          writePieces(connection.socket, [
            requestHeader(request, correlationId, connection.clientId, pieces),
            ...pieces,
          ])
        },
      })
    })
    return payload
  } catch (error) {
    if ((error as Error).name === 'KafkaJSConnectionClosedError') await broker.disconnect()
    throw error
  }
}

/** Size and request header, version 1: https://kafka.apache.org/protocol#protocol_messages */
function requestHeader(
  { apiKey, apiVersion }: Omit<RawRequest, 'body'>,
  correlationId: number,
  clientId: string,
  body: readonly Buffer[],
): Buffer {
  const header = [int16(apiKey), int16(apiVersion), int32(correlationId), string(clientId)]
  const size = [...header, ...body].reduce((sum, piece) => sum + piece.length, 0)
  return Buffer.concat([int32(size), ...header])
}

/** Writes all pieces by one call of the system. */
function writePieces(socket: Socket, pieces: readonly Buffer[]): void {
  socket.cork()
  for (const piece of pieces) socket.write(piece)
  socket.uncork()
}

/** @throws {Error} if kafkajs is not the version that package.json pins */
export function methodOf(prototype: object, name: string): (...args: unknown[]) => unknown {
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
