import type { AcceptedLogin, DecodedBatch, RejectedLogin } from '../domain/batch.ts'
import { enrichedLogin } from '../domain/enriched.ts'
import type { OutputRecord } from '../kafka/encode-record-batch.ts'
import type { Outputs } from '../kafka/output-producer.ts'

/** Version of the shape of what is published; consumers may rely on it. */
const SCHEMA_VERSION = '1'

/**
 * The Kafka records that a decided batch becomes: enriched logins and insights for `processed-data`, rejects for the
 * dead letter queue. Depends on nothing but its arguments, so that publishing again gives the same records.
 */
export function batchOutputs(
  decoded: DecodedBatch,
  insightBodies: readonly string[],
  topics: { processedTopic: string; dlqTopic: string },
): Outputs {
  const { topic, partition } = decoded.range
  const source = `${topic}/${partition}`
  const logins = decoded.accepted.map((accepted) => loginRecord(topic, partition, source, accepted))
  const insights = insightBodies.map((body) => insightRecord(source, body))
  const rejects = decoded.rejected.map((rejected) => rejectRecord(source, rejected))
  return [
    { topic: topics.processedTopic, records: [...logins, ...insights] },
    { topic: topics.dlqTopic, records: rejects },
  ]
}

function loginRecord(
  topic: string,
  partition: number,
  source: string,
  { offset, login }: AcceptedLogin,
): OutputRecord {
  return {
    key: Buffer.from(login.userId),
    value: enrichedLogin(login, { topic, partition, offset }),
    headers: headers(`${source}/${offset}`),
  }
}

/** Keyed by the source partition, so that its insights keep their order. */
const insightRecord = (source: string, body: string): OutputRecord => ({
  key: Buffer.from(source),
  value: body,
  headers: headers(source),
})

const rejectRecord = (source: string, { record, reason, detail }: RejectedLogin): OutputRecord => ({
  key: record.key,
  value: record.value,
  headers: [
    ...record.headers,
    ['rollcall-reason', reason],
    ['rollcall-detail', detail],
    ...headers(`${source}/${record.offset}`),
  ],
})

const headers = (source: string): OutputRecord['headers'] => [
  ['rollcall-schema-version', SCHEMA_VERSION],
  ['rollcall-source', source],
]
