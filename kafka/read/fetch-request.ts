import { READ_COMMITTED, sendRaw, throwForCode, type Broker } from '../kafkajs-internals.ts'
import { int16, int32, int64, int8, string, WireReader } from '../records/wire.ts'

export type FetchRequest = {
  topic: string
  partition: number
  offset: bigint
  /** Largest response in bytes; the broker returns the first record batch whole even if it is larger. */
  maxBytes: number
  minBytes: number
  maxWaitMs: number
}

export type FetchResponse = {
  /** Offset after the last record that all in-sync replicas have. */
  highWatermark: bigint
  /** Offset after the last record whose transaction, if it has one, has ended. */
  lastStableOffset: bigint
  logStartOffset: bigint
  abortedTransactions: { producerId: bigint; firstOffset: bigint }[]
  recordSet: Buffer
}

/** Every broker since Kafka 2.3 answers version 11, which is the last one before flexible encoding. */
const VERSION = 11
const FETCH = 1

/**
 * Fetches one partition under read_committed. The record set is not decoded.
 * @throws kafkajs's error for the partition's error code or for the connection
 */
export async function fetchPartition(broker: Broker, request: FetchRequest): Promise<FetchResponse> {
  const payload = await sendRaw(broker, {
    apiKey: FETCH,
    apiVersion: VERSION,
    apiName: 'Fetch',
    body: encode(request),
  })
  return decode(new WireReader(payload))
}

const encode = (request: FetchRequest): Buffer =>
  Buffer.concat([
    int32(-1), // replica id: a consumer
    int32(request.maxWaitMs),
    int32(request.minBytes),
    int32(request.maxBytes),
    int8(READ_COMMITTED),
    int32(0), // no fetch session
    int32(-1),
    int32(1),
    string(request.topic),
    int32(1),
    int32(request.partition),
    int32(-1), // leader epoch: unknown
    int64(request.offset),
    int64(-1n), // log start offset: for followers
    int32(request.maxBytes),
    int32(0), // nothing forgotten
    int16(0), // no rack
  ])

function decode(reader: WireReader): FetchResponse {
  reader.int32() // throttle time
  throwForCode(reader.int16())
  reader.int32() // session id
  const [partition] = reader.array(() => {
    reader.string()
    return reader.array(() => decodePartition(reader))
  })
  const [response] = partition ?? []
  if (response === undefined) throw new RangeError('the fetch response holds no partition')
  return response
}

function decodePartition(reader: WireReader): FetchResponse {
  reader.int32() // partition
  throwForCode(reader.int16())
  const highWatermark = reader.int64()
  const lastStableOffset = reader.int64()
  const logStartOffset = reader.int64()
  const abortedTransactions = reader.array(() => ({
    producerId: reader.int64(),
    firstOffset: reader.int64(),
  }))
  reader.int32() // preferred read replica
  const recordSet = reader.bytes(Math.max(0, reader.int32()))
  return { highWatermark, lastStableOffset, logStartOffset, abortedTransactions, recordSet }
}
