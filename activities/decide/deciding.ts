import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { CURRENT_RULES_VERSION, type DecodeRules } from '../../domain/decode/decode-rules.ts'
import type { SourceRecord, SourceRecords } from '../../domain/login/record.ts'
import type { OutputProducer } from '../../kafka/write/output-producer.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'
import { BatchOutputs } from './outputs.ts'

/**
 * Limit of records that are decoded into objects at the same time. A batch keeps only bytes and sums, because
 * every garbage collection would move the thousands of login objects that wait for Postgres and Kafka, which
 * costs more than all the rest.
 */
const RECORDS_PER_STEP = 250

/** What deciding a range needs from its caller, which is a partition session or a replay. */
export type Deciding = Pick<PartitionSession, 'topic' | 'partition' | 'sighting'> & {
  producer: Pick<OutputProducer, 'collect' | 'maxBatchBytes'>
  deps: Pick<WorkerDeps, 'clock' | 'config' | 'decode' | 'deciding'>
}

/** Creates the empty outputs of a batch. */
export const batchOutputs = (session: Deciding): BatchOutputs =>
  new BatchOutputs(session.producer.collect(), session.deps.config.kafka, session)

/**
 * Calls `take` for some records at a time. In between, the process handles answers of Kafka and Postgres to
 * other batches.
 */
export async function inSteps(
  { deps }: Deciding,
  records: SourceRecords,
  take: (records: SourceRecord[]) => void,
): Promise<void> {
  await deps.deciding.within(async () => {
    for (let first = 0; first < records.length; first += RECORDS_PER_STEP) {
      take(records.slice(first, first + RECORDS_PER_STEP))
      await nextTurn()
    }
  })
}

/** The decode rules of this version under its settings. */
export const currentRules = (
  { ingest, kafka }: Config,
  producer: Pick<OutputProducer, 'maxBatchBytes'>,
): DecodeRules => ({
  version: CURRENT_RULES_VERSION,
  maxBytes: ingest.loginMaxBytes,
  maxAgeDays: ingest.eventMaxAgeDays,
  maxOutputBytes: producer.maxBatchBytes(kafka.processedTopic),
})
