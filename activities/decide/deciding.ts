import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { ByteArena } from '../../domain/columns/byte-arena.ts'
import { LoginColumns } from '../../domain/columns/login-columns.ts'
import { RecordColumns, type SourceRecords } from '../../domain/columns/record-columns.ts'
import type { DecodeOptions } from '../../domain/decode/decode-login.ts'
import { CURRENT_RULES_VERSION, type DecodeRules } from '../../domain/decode/decode-rules.ts'
import type { RejectedRecord } from '../../domain/login/record.ts'
import type { OutputProducer } from '../../kafka/write/output-producer.ts'
import type { PartitionSession } from '../session/partition-session.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'
import { BatchOutputs, type TraceContexts } from './outputs.ts'

/** Few enough for their bytes to stay in the processor's cache from one step of the work to the next. */
const RECORDS_PER_STEP = 250

// The records and logins of one step at a time, in memory that all steps of the process use again.
const arena = new ByteArena(256 * 1024)
const records = new RecordColumns(arena, RECORDS_PER_STEP)
const logins = new LoginColumns(arena)

/** What deciding a range needs from its caller, which is a partition session or a replay. */
export type Deciding = Pick<PartitionSession, 'topic' | 'partition' | 'sighting'> & {
  producer: Pick<OutputProducer, 'collect' | 'maxBatchBytes'>
  deps: Pick<WorkerDeps, 'clock' | 'config' | 'decodeStep' | 'combinations' | 'deciding'>
}

/** Creates the empty outputs of a batch. */
export const batchOutputs = (session: Deciding): BatchOutputs =>
  new BatchOutputs(session.producer.collect(), session.deps.config.kafka, session)

/**
 * Decides records step by step, and calls `take` with each step's logins, the records that are none, and to which traces records
 * belong. The logins are there during that call only. In between, the process handles answers of Kafka and Postgres to other batches.
 */
export async function decideInSteps(
  { deps }: Deciding,
  all: SourceRecords,
  options: DecodeOptions,
  take: (logins: LoginColumns, rejected: readonly RejectedRecord[], traceContexts: TraceContexts) => void,
): Promise<void> {
  await deps.deciding.within(async () => {
    const combinations = deps.combinations.of(options.rules.version)
    for (let next = 0; next < all.length;) {
      records.clear()
      next = all.appendTo(records, next)
      take(logins, deps.decodeStep(records, options, logins, combinations), records.traceContexts)
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
