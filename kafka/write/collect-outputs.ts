import { PipelineFailure } from '../../domain/pipeline/failure.ts'
import { RecordBatchEncoder, type OutputRecord } from '../records/encode-record-batch.ts'
import { partitionForKey } from '../records/murmur2.ts'

/** A record that is larger gets a record batch of its own. */
const USUAL_BATCH_BYTES = 900_000
/**
 * Largest request: far below the 100 MiB at which a broker closes the connection (socket.request.max.bytes).
 */
const REQUEST_BYTES = 16 * 1024 * 1024

/** One record batch for one partition. */
export type OutputChunk = { topic: string; partition: number; batch: RecordBatchEncoder }

/** Number of partitions of an output topic, and the largest record batch that it takes. */
type OutputTopic = { partitions: number; maxBatchBytes: number }

/** The outputs of a transaction for one topic; `chunks` by partition. */
type CollectedTopic = OutputTopic & { chunks: OutputChunk[][] }

/** Collects the outputs of one transaction. It encodes each as it is added and keeps only the bytes. */
export class OutputCollector {
  readonly #topic: (name: string) => OutputTopic
  readonly #collected = new Map<string, CollectedTopic>()

  constructor(topic: (name: string) => OutputTopic) {
    this.#topic = topic
  }

  /** Bytes of the largest record batch that a topic takes. */
  maxBatchBytes = (topic: string): number => this.#topic(topic).maxBatchBytes

  /**
   * Adds a record. Records with the same key go to one partition, in the order in which they are added.
   * @throws {PipelineFailure} permanent: the topic would refuse the record
   */
  add(topic: string, record: OutputRecord): void {
    const { partitions, maxBatchBytes, chunks } = this.#collected.get(topic) ?? this.#begin(topic)
    const partition = partitionOf(record, partitions)
    const ofPartition = (chunks[partition] ??= [])
    const usualBytes = Math.min(USUAL_BATCH_BYTES, maxBatchBytes)
    if (ofPartition.at(-1)?.batch.append(record, usualBytes) === true) return
    const batch = new RecordBatchEncoder()
    batch.append(record)
    if (batch.length > maxBatchBytes) throw tooLarge(topic, batch.length, maxBatchBytes)
    ofPartition.push({ topic, partition, batch })
  }

  #begin(topic: string): CollectedTopic {
    const begun = { ...this.#topic(topic), chunks: [] }
    this.#collected.set(topic, begun)
    return begun
  }

  /**
   * What to send, round by round. A round has at most one record batch per partition, and no more bytes than
   * REQUEST_BYTES unless a single batch is larger.
   */
  rounds(): OutputChunk[][] {
    const rounds: { chunks: OutputChunk[]; bytes: number }[] = []
    for (const chunks of [...this.#collected.values()].flatMap((topic) => Object.values(topic.chunks))) {
      let next = 0
      for (const chunk of chunks) {
        const { length } = chunk.batch
        while ((rounds[next]?.bytes ?? 0) > 0 && (rounds[next]?.bytes ?? 0) + length > REQUEST_BYTES) next++
        const round = (rounds[next++] ??= { chunks: [], bytes: 0 })
        round.chunks.push(chunk)
        round.bytes += length
      }
    }
    return rounds.map(({ chunks }) => chunks)
  }
}

const tooLarge = (topic: string, bytes: number, maxBytes: number) =>
  new PipelineFailure(
    'permanent',
    'kafka',
    `Kafka: an output takes ${bytes} bytes, and the topic ${topic} takes record batches of ${maxBytes} bytes at most: ` +
      `raise its max.message.bytes (and segment.bytes, if smaller) to ${bytes} or more`,
  )

/** Records without a key all go to partition 0, which keeps their order. There are few of them. */
function partitionOf({ key }: OutputRecord, partitions: number): number {
  if (key === null) return 0
  return partitionForKey(key, Math.max(1, partitions))
}
