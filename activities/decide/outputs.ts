import type { PartitionKey } from '../../db/ingest/checkpoint.ts'
import type { LoginColumns } from '../../domain/columns/login-columns.ts'
import type { RecordColumns } from '../../domain/columns/record-columns.ts'
import type { RejectedRecord } from '../../domain/login/record.ts'
import type { OutputRecord } from '../../kafka/records/encode-record-batch.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { deadLetter } from './dead-letter.ts'
import { headers, SCHEMA_VERSION } from './output-headers.ts'
import { LoginRecord } from './login-record.ts'

/** To which traces records belong, by their offsets. */
export type TraceContexts = RecordColumns['traceContexts']

/**
 * Turns decoded records into Kafka records: enriched logins and insights for `processed-data`, rejects for
 * the dead letter queue. Depends only on its arguments, so that publishing again gives the same records.
 */
export class BatchOutputs {
  readonly collected: OutputCollector
  readonly #topics: { processedTopic: string; dlqTopic: string }
  readonly #source: string
  readonly #login: LoginRecord

  constructor(
    collected: OutputCollector,
    topics: { processedTopic: string; dlqTopic: string },
    key: PartitionKey,
  ) {
    this.collected = collected
    this.#topics = topics
    this.#source = `${key.topic}/${key.partition}`
    this.#login = new LoginRecord(key, this.#source)
  }

  add(logins: LoginColumns, rejected: readonly RejectedRecord[], traceContexts: TraceContexts): void {
    const { processedTopic } = this.#topics
    for (let login = 0; login < logins.count; login++) {
      const traceContext =
        traceContexts.size === 0 ? undefined : traceContexts.get(logins.offsets[login] ?? NaN)
      this.collected.add(processedTopic, this.#login.of(logins, login, traceContext))
    }
    this.addRejects(rejected)
  }

  addRejects(rejected: readonly RejectedRecord[]): void {
    const { dlqTopic } = this.#topics
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

/** Keyed by the source partition, so that its insights keep their order. */
const insightRecord = (source: string, body: string): OutputRecord => ({
  key: source,
  value: body,
  headers: headers(source),
})
