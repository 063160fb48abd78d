import { LoginRows } from '../../db/ingest/copy-logins.ts'
import { listFromMs } from '../../db/login-rows/kept-lists.ts'
import { keepRowsFromMs } from '../../db/login-rows/login-partitions.ts'
import type { DecidedBatch } from '../../domain/batch/batch.ts'
import { BatchDraft } from '../../domain/batch/batch-draft.ts'
import { emptyInsight } from '../../domain/batch/insight.ts'
import type { FetchedRange } from '../../kafka/read/take-range.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { traced } from '../../tracing/active-span.ts'
import type { IngestPosition } from '../session/ingest-position.ts'
import { batchOutputs, currentRules, decideInSteps, type Deciding } from './deciding.ts'

/**
 * The position for logins that are counted later than their neighbours: their partition continued without
 * them.
 */
export const NO_POSITION = { unfinishedInsight: emptyInsight(), latestEventMs: -Infinity }

export type Decided = { batch: DecidedBatch; rows: LoginRows; outputs: OutputCollector }

/**
 * Decides a range: what Postgres has to write, and what is to be published afterwards.
 * @param options.nowMs the time that decoding takes for now, in Unix milliseconds; by default the clock's
 * @param options.insightSize logins per insight; by default the configured number
 */
export const decideBatch = (
  session: Deciding,
  range: FetchedRange,
  position: Pick<IngestPosition, 'unfinishedInsight' | 'latestEventMs'>,
  batchId: bigint,
  options: DecidingOptions = {},
): Promise<Decided> =>
  traced(
    'decode',
    () => ({
      attributes: {
        'rollcall.batch.id': String(batchId),
        'messaging.batch.message_count': range.records.length,
      },
    }),
    () => decide(session, range, position, batchId, options),
  )

type DecidingOptions = { nowMs?: number; insightSize?: number }

async function decide(
  session: Deciding,
  range: FetchedRange,
  { unfinishedInsight, latestEventMs }: Pick<IngestPosition, 'unfinishedInsight' | 'latestEventMs'>,
  batchId: bigint,
  options: DecidingOptions,
): Promise<Decided> {
  const { topic, partition, deps } = session
  const clockMs = deps.clock()
  const { nowMs = clockMs, insightSize = deps.config.ingest.insightSize } = options
  const rules = currentRules(deps.config, session.producer)
  const draft = new BatchDraft({ topic, partition, from: range.from, to: range.to }, nowMs, {
    rules,
    unfinishedInsight,
    latestEventMs,
    countedAtMs: clockMs,
    insightSize,
    sighting: session.sighting,
  })
  const { loginDays, setDays } = deps.config.retention
  const rows = new LoginRows(batchId, partition, {
    rowsFromMs: keepRowsFromMs(clockMs, loginDays),
    listsFromMs: listFromMs(clockMs, setDays),
  })
  const outputs = batchOutputs(session)
  await decideInSteps(session, range.records, { nowMs, rules }, (logins, rejected, traceContexts) => {
    draft.add(logins, rejected)
    rows.add(logins)
    outputs.add(logins, rejected, traceContexts)
  })
  const batch = draft.decided()
  outputs.addInsights(batch.insights.map(({ body }) => body))
  return { batch, rows, outputs: outputs.collected }
}
