import { setImmediate as nextTurn } from 'node:timers/promises'
import { LoginRows } from '../db/copy-logins.ts'
import { keepRowsFromMs } from '../db/login-partitions.ts'
import type { DecidedBatch, SourceRecord, SourceRecords } from '../domain/batch.ts'
import { BatchDraft } from '../domain/batch-draft.ts'
import type { DecodedRecords } from '../domain/decode-records.ts'
import { emptyInsight } from '../domain/insight.ts'
import type { FetchedRange } from '../kafka/take-range.ts'
import type { OutputProducer } from '../kafka/output-producer.ts'
import type { OutputCollector } from '../kafka/collect-outputs.ts'
import { BatchOutputs } from './outputs.ts'
import type { Slice, SliceDeps, Standing } from './slice.ts'

/**
 * Records that are objects at the same time. A batch keeps bytes and sums only: logins that wait for Postgres and Kafka
 * by the thousand would be moved by every garbage collection, which costs more than all the rest.
 */
const RECORDS_PER_STEP = 250

/** What deciding needs of whoever reads a range: a slice, or a replay. */
export type Deciding = Pick<Slice, 'topic' | 'partition' | 'presence'> & {
  producer: Pick<OutputProducer, 'collect'>
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
  const draft = new BatchDraft({ topic, partition, from: range.from, to: range.to }, nowMs, {
    unfinishedInsight,
    latestEventMs,
    countedAtMs: clockMs,
    insightSize,
    presence: slice.presence,
  })
  const rows = new LoginRows(batchId, partition, keepRowsFromMs(clockMs, deps.config.retention.loginDays))
  const outputs = batchOutputs(slice)
  await decodeInSteps(slice, range.records, nowMs, (decoded) => {
    draft.add(decoded)
    rows.add(decoded.accepted)
    outputs.add(decoded)
  })
  const batch = draft.decided()
  outputs.addInsights(batch.insights.map(({ body }) => body))
  return { batch, rows, outputs: outputs.collected }
}

/** The outputs of a range that was decided before, with the clock of that time. */
export async function decideAgain(
  slice: Deciding,
  records: readonly SourceRecord[],
  { processedAtMs, insights }: { processedAtMs: number; insights: readonly string[] },
): Promise<{ logins: number; rejects: number; outputs: OutputCollector }> {
  const outputs = batchOutputs(slice)
  let logins = 0
  let rejects = 0
  await decodeInSteps(slice, records, processedAtMs, (decoded) => {
    logins += decoded.accepted.length
    rejects += decoded.rejected.length
    outputs.add(decoded)
  })
  outputs.addInsights(insights)
  return { logins, rejects, outputs: outputs.collected }
}

const batchOutputs = (slice: Deciding): BatchOutputs =>
  new BatchOutputs(slice.producer.collect(), slice.deps.config.kafka, slice)

/** Between steps, Kafka and Postgres are heard: other batches wait for their answers and not for this one. */
async function decodeInSteps(
  { deps }: Deciding,
  records: SourceRecords,
  nowMs: number,
  take: (decoded: DecodedRecords) => void,
): Promise<void> {
  const options = { nowMs, maxBytes: deps.config.ingest.loginMaxBytes }
  await deps.deciding.within(async () => {
    for (let first = 0; first < records.length; first += RECORDS_PER_STEP) {
      take(deps.decode(records.slice(first, first + RECORDS_PER_STEP), options))
      await nextTurn()
    }
  })
}
