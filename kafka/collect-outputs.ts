import { RecordBatchEncoder, type OutputRecord } from './encode-record-batch.ts'
import { partitionForKey } from './murmur2.ts'

/** Below Kafka's default max.message.bytes of 1 MiB; a larger single record travels alone. */
const RECORD_BATCH_MAX_BYTES = 900_000

/** One record batch for one partition. */
export type OutputChunk = { topic: string; partition: number; batch: RecordBatchEncoder }

/** The outputs of one transaction, encoded as they are added: nothing of a record is kept but its bytes. */
export class OutputCollector {
  readonly #partitionsOf: (topic: string) => number
  /** By topic and partition. */
  readonly #chunks = new Map<string, OutputChunk[][]>()

  /** @param partitionsOf number of partitions of a topic */
  constructor(partitionsOf: (topic: string) => number) {
    this.#partitionsOf = partitionsOf
  }

  /** Records of one key come to one partition, in the order in which they are added. */
  add(topic: string, record: OutputRecord): void {
    const partition = partitionOf(record, this.#partitionsOf(topic))
    const ofTopic = this.#chunks.get(topic) ?? []
    const chunks = (ofTopic[partition] ??= [])
    if (chunks.at(-1)?.batch.append(record, RECORD_BATCH_MAX_BYTES) === true) return
    const batch = new RecordBatchEncoder()
    batch.append(record, RECORD_BATCH_MAX_BYTES)
    chunks.push({ topic, partition, batch })
    this.#chunks.set(topic, ofTopic)
  }

  /** What to send, round by round: a round has one record batch a partition at most. */
  rounds(): OutputChunk[][] {
    const rounds: OutputChunk[][] = []
    for (const chunks of [...this.#chunks.values()].flatMap((ofTopic) => Object.values(ofTopic)))
      chunks.forEach((chunk, round) => (rounds[round] ??= []).push(chunk))
    return rounds
  }
}

/** Records without a key go to one partition: their order is kept and there are few of them. */
function partitionOf({ key }: OutputRecord, partitions: number): number {
  if (key === null) return 0
  return partitionForKey(key, Math.max(1, partitions))
}
