import { asTimestamp, recordedAtMs } from '../../domain/login/record-timestamp.ts'
import { sendRaw, type Broker } from '../kafkajs-internals.ts'
import { compactString, int64, int8, uvarint, WireReader } from '../records/wire.ts'

/** API keys from KIP-664, Kafka 3.0. */
const DESCRIBE_TRANSACTIONS = 65
const LIST_TRANSACTIONS = 66
const VERSION = 0

/** What the coordinator of a transaction knows of it. `startMs` is in Unix milliseconds. */
export type TransactionStart = { producerId: bigint; transactionalId: string; startMs: number | null }

/**
 * The transactions of producers that this broker coordinates. Empty if the broker is older than the requests,
 * or does not let this client describe them.
 * @throws kafkajs's errors of the connection
 */
export async function readTransactionStarts(
  coordinator: Broker,
  producerIds: readonly bigint[],
): Promise<TransactionStart[]> {
  if (coordinator.versions?.[LIST_TRANSACTIONS] === undefined) return []
  const listed = await sendRaw(coordinator, {
    apiKey: LIST_TRANSACTIONS,
    apiVersion: VERSION,
    apiName: 'ListTransactions',
    body: Buffer.concat([
      int8(0), // tags of the flexible request header, which kafkajs does not write
      int8(1), // in any state
      uvarint(producerIds.length + 1),
      ...producerIds.map(int64),
      int8(0),
    ]),
  })
  const ids = decodeIds(new WireReader(listed))
  if (ids.length === 0) return []
  const described = await sendRaw(coordinator, {
    apiKey: DESCRIBE_TRANSACTIONS,
    apiVersion: VERSION,
    apiName: 'DescribeTransactions',
    body: Buffer.concat([int8(0), uvarint(ids.length + 1), ...ids.map(compactString), int8(0)]),
  })
  return decodeStarts(new WireReader(described))
}

/** Transactional.ids in the response; empty if the response has an error. */
function decodeIds(reader: WireReader): string[] {
  reader.tags() // of the response header
  reader.int32() // throttle time
  reader.int16() // error code: without transactions then
  reader.compactArray(reader.compactString) // states that the broker does not know
  return reader.compactArray(() => {
    const transactionalId = reader.compactString()
    reader.int64() // producer id
    reader.compactString() // state
    reader.tags()
    return transactionalId
  })
}

function decodeStarts(reader: WireReader): TransactionStart[] {
  reader.tags()
  reader.int32() // throttle time
  const transactions = reader.compactArray(() => {
    const code = reader.int16()
    const transactionalId = reader.compactString()
    reader.compactString() // state
    reader.int32() // time-out
    const startMs = recordedAtMs(asTimestamp(reader.int64()))
    const producerId = reader.int64()
    reader.int16() // producer epoch
    reader.compactArray(() => {
      reader.compactString() // topic
      reader.compactArray(reader.int32) // partitions
      reader.tags()
    })
    reader.tags()
    return { code, producerId, transactionalId, startMs }
  })
  return transactions.flatMap(({ code, ...start }) => (code === 0 ? [start] : []))
}
