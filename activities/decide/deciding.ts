import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { CURRENT_RULES_VERSION, type DecodeRules } from '../../domain/decode/decode-rules.ts'
import type { SourceRecord, SourceRecords } from '../../domain/login/record.ts'
import type { OutputProducer } from '../../kafka/write/output-producer.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'
import { BatchOutputs } from './outputs.ts'

/**
 * Records that are objects at the same time. A batch keeps bytes and sums only: logins that wait for Postgres and Kafka
 * by the thousand would be moved by every garbage collection, which costs more than all the rest.
 */
const RECORDS_PER_STEP = 250

/** What deciding needs of whoever reads a range: the session of a partition, or a replay. */
export type Deciding = Pick<PartitionSession, 'topic' | 'partition' | 'sighting'> & {
  producer: Pick<OutputProducer, 'collect' | 'maxBatchBytes'>
  deps: Pick<WorkerDeps, 'clock' | 'config' | 'decode' | 'deciding'>
}

export const batchOutputs = (session: Deciding): BatchOutputs =>
  new BatchOutputs(session.producer.collect(), session.deps.config.kafka, session)

/** Between steps, Kafka and Postgres are heard: other batches wait for their answers and not for this one. */
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

/** The rules of this version and its settings. */
export const currentRules = (
  { ingest, kafka }: Config,
  producer: Pick<OutputProducer, 'maxBatchBytes'>,
): DecodeRules => ({
  version: CURRENT_RULES_VERSION,
  maxBytes: ingest.loginMaxBytes,
  maxAgeDays: ingest.eventMaxAgeDays,
  maxOutputBytes: producer.maxBatchBytes(kafka.processedTopic),
})
