import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { AcceptedLogin } from '../../domain/login/record.ts'
import type { DecodedRecords } from '../../domain/decode/decode-records.ts'
import { enrichedLogin } from '../../domain/login/enriched.ts'
import type { OutputRecord } from '../../kafka/records/encode-record-batch.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { deadLetter } from './dead-letter.ts'

/** Version of the schema of published messages; consumers may rely on it. */
const SCHEMA_VERSION = '1'

/**
 * Turns decoded records into Kafka records: enriched logins and insights for `processed-data`, rejects for
 * the dead letter queue. Depends only on its arguments, so that publishing again gives the same records.
 */
export class BatchOutputs {
  readonly collected: OutputCollector
  readonly #topics: { processedTopic: string; dlqTopic: string }
  readonly #key: PartitionKey
  readonly #source: string

  constructor(
    collected: OutputCollector,
    topics: { processedTopic: string; dlqTopic: string },
    key: PartitionKey,
  ) {
    this.collected = collected
    this.#topics = topics
    this.#key = key
    this.#source = `${key.topic}/${key.partition}`
  }

  add({ accepted, rejected }: DecodedRecords): void {
    const { processedTopic, dlqTopic } = this.#topics
    for (const login of accepted)
      this.collected.add(processedTopic, loginRecord(this.#key, this.#source, login))
    for (const { record, reason, detail } of rejected) {
      const source = `${this.#source}/${record.offset}`
      const why = { reason, detail, source, schemaVersion: SCHEMA_VERSION }
      this.collected.add(dlqTopic, deadLetter(record, why, this.collected.maxBatchBytes(dlqTopic)))
    }
  }

  /** Call this after the logins that complete the insights were added. */
  addInsights(bodies: readonly string[]): void {
    for (const body of bodies)
      this.collected.add(this.#topics.processedTopic, insightRecord(this.#source, body))
  }
}

function loginRecord(
  { topic, partition }: PartitionKey,
  source: string,
  { offset, login }: AcceptedLogin,
): OutputRecord {
  return {
    key: login.userId,
    value: enrichedLogin(login, { topic, partition, offset }),
    headers: headers(`${source}/${offset}`),
  }
}

/** Keyed by the source partition, so that its insights keep their order. */
const insightRecord = (source: string, body: string): OutputRecord => ({
  key: source,
  value: body,
  headers: headers(source),
})

const headers = (source: string): OutputRecord['headers'] => [
  ['rollcall-schema-version', SCHEMA_VERSION],
  ['rollcall-source', source],
]
