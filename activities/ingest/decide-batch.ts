import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { LoginRows } from '../../db/ingest/copy-logins.ts'
import { keepRowsFromMs } from '../../db/rollups/login-partitions.ts'
import type { DecidedBatch } from '../../domain/batch/batch.ts'
import type { Reject, SourceRecord, SourceRecords } from '../../domain/login/record.ts'
import { BatchDraft } from '../../domain/batch/batch-draft.ts'
import { CURRENT_RULES_VERSION, firstRules, type DecodeRules } from '../../domain/decode/decode-rules.ts'
import { emptyInsight } from '../../domain/batch/insight.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import type { OutputProducer } from '../../kafka/write/output-producer.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { BatchOutputs } from '../publish/outputs.ts'
import type { Slice, SliceDeps, Standing } from './slice.ts'

/**
 * Records that are objects at the same time. A batch keeps bytes and sums only: logins that wait for Postgres and Kafka
 * by the thousand would be moved by every garbage collection, which costs more than all the rest.
 */
const RECORDS_PER_STEP = 250

/** What deciding needs of whoever reads a range: a slice, or a replay. */
export type Deciding = Pick<Slice, 'topic' | 'partition' | 'sighting'> & {
  producer: Pick<OutputProducer, 'collect' | 'maxBatchBytes'>
  deps: Pick<SliceDeps, 'clock' | 'config' | 'decode' | 'deciding'>
}

/** Before logins that are decided on their own: their partition has gone on without them. */
export const ALONE = { unfinishedInsight: emptyInsight(), latestEventMs: -Infinity }

export type Decided = { batch: DecidedBatch; rows: LoginRows; outputs: OutputCollector }

/**
 * Decides a range once: what Postgres has to write, and what is to be published then.
 * @param options.nowMs Unix milliseconds that decoding takes for now; the clock's when left out
 * @param options.insightSize logins per insight; the configured one when left out
 */
export async function decideBatch(
  slice: Deciding,
  range: FetchedRange,
  { unfinishedInsight, latestEventMs }: Pick<Standing, 'unfinishedInsight' | 'latestEventMs'>,
  batchId: bigint,
  options: { nowMs?: number; insightSize?: number } = {},
): Promise<Decided> {
  const { topic, partition, deps } = slice
  const clockMs = deps.clock()
  const { nowMs = clockMs, insightSize = deps.config.ingest.insightSize } = options
  const rules = currentRules(deps.config, slice.producer)
  const draft = new BatchDraft({ topic, partition, from: range.from, to: range.to }, nowMs, {
    rules,
    unfinishedInsight,
    latestEventMs,
    countedAtMs: clockMs,
    insightSize,
    sighting: slice.sighting,
  })
  const rows = new LoginRows(batchId, partition, keepRowsFromMs(clockMs, deps.config.retention.loginDays))
  const outputs = batchOutputs(slice)
  await inSteps(slice, range.records, (records) => {
    const decoded = deps.decode(records, { nowMs, rules })
    draft.add(decoded)
    rows.add(decoded.accepted)
    outputs.add(decoded)
  })
  const batch = draft.decided()
  outputs.addInsights(batch.insights.map(({ body }) => body))
  return { batch, rows, outputs: outputs.collected }
}

/** What the ledger knows of a range that was decided before. */
export type Decision = {
  processedAtMs: number
  rules: DecodeRules | null
  /** By offset; every other record was a login. */
  rejects: ReadonlyMap<bigint, Reject>
  insights: readonly string[]
}

/**
 * The outputs of a range as it was decided before: by the clock and the rules of that time, with the rejects that the database
 * has, whatever the rules and settings are by now.
 * @returns also how many of the records are logins and rejects as they were then
 */
export async function decideAgain(
  slice: Deciding,
  records: readonly SourceRecord[],
  { processedAtMs, rules, rejects, insights }: Decision,
): Promise<{ logins: number; rejects: number; outputs: OutputCollector }> {
  const outputs = batchOutputs(slice)
  const options = { nowMs: processedAtMs, rules: rules ?? firstRules }
  let logins = 0
  let rejected = 0
  await inSteps(slice, records, (step) => {
    const known = step.flatMap((record) => {
      const reject = rejects.get(record.offset)
      return reject === undefined ? [] : [{ record, ...reject }]
    })
    const others = step.filter(({ offset }) => !rejects.has(offset))
    const { accepted } = slice.deps.decode(others, options)
    logins += accepted.length
    rejected += known.length
    outputs.add({ accepted, rejected: known })
  })
  outputs.addInsights(insights)
  return { logins, rejects: rejected, outputs: outputs.collected }
}

const batchOutputs = (slice: Deciding): BatchOutputs =>
  new BatchOutputs(slice.producer.collect(), slice.deps.config.kafka, slice)

/** Between steps, Kafka and Postgres are heard: other batches wait for their answers and not for this one. */
async function inSteps(
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
