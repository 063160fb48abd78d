import type { Kafka } from 'kafkajs'
import { OutputCollector, type OutputChunk } from './collect-outputs.ts'
import { askCoordinator } from './coordinator.ts'
import { totalLength } from '../records/encode-record-batch.ts'
import { classingKafka, outputTooLarge } from '../failure.ts'
import {
  GROUP_COORDINATOR,
  sendRaw,
  throwForCode,
  TRANSACTION_COORDINATOR,
  type Broker,
  type Cluster,
  type TransactionIdentity,
} from '../kafkajs-internals.ts'
import { openCluster } from '../open-cluster.ts'
import { readTopicLimits, type TopicLimits } from '../topics/topic-limits.ts'
import { int16, int32, string, WireReader } from '../records/wire.ts'

export type OutputProducer = {
  /** The limits of the output topics when the producer was opened. */
  maxBatchBytes: TopicLimits
  /** Starts to collect the outputs of one transaction. */
  collect: () => OutputCollector
  /**
   * Publishes all outputs and the group offset `nextOffset` in one Kafka transaction, or nothing.
   * `beforeCommit` runs when everything is sent and nothing is decided. After a failure, close the producer.
   * Once another producer with the same transactional.id is open, the group offset shows what became of the
   * transaction.
   */
  publish(outputs: OutputCollector, nextOffset: bigint, beforeCommit?: () => Promise<void>): Promise<void>
  close: () => Promise<void>
}

export type OutputProducerOptions = {
  transactionalId: string
  groupId: string
  /** The input partition whose group offset moves with the outputs. */
  source: { topic: string; partition: number }
  outputTopics: string[]
}

/**
 * Shorter than any retention and longer than any pause of a slice: an open transaction holds up
 * read_committed readers.
 */
const TRANSACTION_TIMEOUT_MS = 30_000
const PRODUCE_TIMEOUT_MS = 10_000

/**
 * Opens the transactional producer of one input partition. Taking its transactional.id fences the producer
 * that had it and ends its open transaction, so the group offset read afterwards is final (G2, G3). kafkajs's
 * own producer is stuck after a failed commit and takes three times the CPU, so Rollcall sends the requests
 * itself.
 * @throws {PipelineFailure} transient or fenced; permanent if a topic's limit is too small
 */
export async function openOutputProducer(
  kafka: Kafka,
  options: OutputProducerOptions,
): Promise<OutputProducer> {
  const { transactionalId, outputTopics } = options
  return await classingKafka(() =>
    openCluster(kafka, outputTopics, async (cluster) => {
      const limits = await readTopicLimits(cluster, outputTopics)
      const { producerId, producerEpoch } = await askCoordinator(
        cluster,
        transactionalId,
        TRANSACTION_COORDINATOR,
        (coordinator) =>
          coordinator.initProducerId({ transactionalId, transactionTimeout: TRANSACTION_TIMEOUT_MS }),
      )
      return createProducer(cluster, limits, { transactionalId, producerId, producerEpoch }, options)
    }),
  )
}

function createProducer(
  cluster: Cluster,
  maxBatchBytes: TopicLimits,
  identity: TransactionIdentity,
  { groupId, source }: OutputProducerOptions,
): OutputProducer {
  const sequences = new Map<string, number>()
  const askTransaction = <T>(ask: (coordinator: Broker) => Promise<T>) =>
    askCoordinator(cluster, identity.transactionalId, TRANSACTION_COORDINATOR, ask)

  const publish: OutputProducer['publish'] = async (outputs, nextOffset, beforeCommit) => {
    const rounds = outputs.rounds()
    const topics = partitionsByTopic(rounds.flat())
    if (topics.length > 0)
      await askTransaction((coordinator) => coordinator.addPartitionsToTxn({ ...identity, topics }))
    for (const round of rounds) await produce(cluster, identity, sequences, round)
    await askTransaction((coordinator) => coordinator.addOffsetsToTxn({ ...identity, groupId }))
    const offsets = [
      { topic: source.topic, partitions: [{ partition: source.partition, offset: String(nextOffset) }] },
    ]
    await askCoordinator(cluster, groupId, GROUP_COORDINATOR, (coordinator) =>
      coordinator.txnOffsetCommit({ ...identity, groupId, topics: offsets }),
    )
    await beforeCommit?.()
    await askTransaction((coordinator) => coordinator.endTxn({ ...identity, transactionResult: true }))
  }

  return {
    maxBatchBytes,
    collect: () =>
      new OutputCollector((topic) => ({
        partitions: cluster.findTopicPartitionMetadata(topic).length,
        maxBatchBytes: maxBatchBytes(topic),
      })),
    publish: (outputs, nextOffset, beforeCommit) =>
      classingKafka(() => publish(outputs, nextOffset, beforeCommit)),
    close: () => cluster.disconnect(),
  }
}

const partitionsByTopic = (chunks: OutputChunk[]) =>
  Array.from(
    Map.groupBy(chunks, ({ topic }) => topic),
    ([topic, some]) => ({ topic, partitions: [...new Set(some.map(({ partition }) => partition))] }),
  )

async function produce(
  cluster: Cluster,
  identity: TransactionIdentity,
  sequences: Map<string, number>,
  round: OutputChunk[],
): Promise<void> {
  const byLeader = Map.groupBy(round, ({ topic, partition }) => leaderOf(cluster, topic, partition))
  await Promise.all(
    [...byLeader].map(async ([nodeId, chunks]) => {
      const broker = await cluster.findBroker({ nodeId })
      const body = encodeProduce(identity, sequences, chunks)
      const payload = await sendRaw(broker, {
        apiKey: PRODUCE,
        apiVersion: PRODUCE_VERSION,
        apiName: 'Produce',
        body,
      })
      throwProduceErrors(new WireReader(payload), chunks)
      for (const { batch } of chunks) batch.release()
    }),
  )
}

const leaderOf = (cluster: Cluster, topic: string, partition: number): string =>
  Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0] ?? '-1'

const PRODUCE = 0
/** Every broker since Kafka 2.1 answers this version. */
const PRODUCE_VERSION = 7
const ACKS_ALL = -1

function encodeProduce(
  identity: TransactionIdentity,
  sequences: Map<string, number>,
  chunks: OutputChunk[],
): Buffer[] {
  const timestampMs = Date.now()
  const parts = [
    string(identity.transactionalId),
    int16(ACKS_ALL),
    int32(PRODUCE_TIMEOUT_MS),
    int32(chunks.length),
  ]
  for (const { topic, partition, batch } of chunks) {
    const sequenceKey = `${topic}/${partition}`
    const firstSequence = sequences.get(sequenceKey) ?? 0
    // Sequences count records and wrap after 2^31 - 1 (Kafka's DefaultRecordBatch.incrementSequence).
    sequences.set(sequenceKey, (firstSequence + batch.count) % 2 ** 31)
    const producer = {
      producerId: BigInt(identity.producerId),
      producerEpoch: identity.producerEpoch,
      firstSequence,
    }
    const pieces = batch.finish(producer, timestampMs)
    parts.push(string(topic), int32(1), int32(partition), int32(totalLength(pieces)), ...pieces)
  }
  return parts
}

function throwProduceErrors(reader: WireReader, chunks: OutputChunk[]): void {
  reader.array(() => {
    const topic = reader.string()
    reader.array(() => {
      const partition = reader.int32()
      const code = reader.int16()
      reader.bytes(24) // base offset, log append time, log start offset
      try {
        throwForCode(code)
      } catch (error) {
        const sent = chunks.find((chunk) => chunk.topic === topic && chunk.partition === partition)
        throw outputTooLarge(error, topic, sent?.batch.length ?? 0)
      }
    })
  })
}
