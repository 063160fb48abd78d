import { RecordArray } from '../../domain/columns/record-array.ts'
import { moveBatch, type ClaimedBatch } from '../../db/ledger/change-batch.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { classingPostgres } from '../../db/connection/failure.ts'
import {
  markRedriven,
  readAttempts,
  readRejects,
  recordAttempts,
  type AttemptOutcome,
  type KeptReject,
} from '../../db/ledger/redrive.ts'
import { writeLogins } from '../../db/ingest/write-contents.ts'
import { watermarkMs } from '../../domain/batch/batch.ts'
import type { SourceRecord } from '../../domain/login/record.ts'
import type { RejectReason } from '../../domain/login/login.ts'
import type { RejectSelection } from '../../domain/batch/selection.ts'
import { fetchTopicLimits, type TopicLimits } from '../../kafka/topics/topic-limits.ts'
import { openRangeReader } from '../../kafka/read/range-reader.ts'
import { decideBatch, type Decided, NO_POSITION } from '../decide/decide-batch.ts'
import { currentRules } from '../decide/deciding.ts'
import { finishRevision } from './finish-revision.ts'
import { commitReprocessed } from './commit-reprocessed.ts'
import { withClaimedBatch, withReprocessing } from './reprocess-batch.ts'
import { closeAll } from '../session/postgres-session.ts'
import { rangeLimits } from '../session/kafka-options.ts'
import type { WorkerDeps } from '../session/worker-deps.ts'
import { wholeRecord } from '../publish/whole-record.ts'

export type RedriveRequest = {
  batchId: string
  commandId: string
  selection: RejectSelection
  /** Decodes only and changes nothing. */
  dryRun: boolean
}

/** How many rejects are logins by now, and how many stay rejects for which reason. */
export type Redriven = { logins: number; stay: { reason: RejectReason; rejects: number }[] }

/** Limits of one revision of a batch, because its outputs are published in one Kafka transaction. */
const PAGE = { maxRecords: 1_000, maxBytes: 8 * 1024 * 1024 }

/**
 * Decodes rejects of a batch again, by the clock of the time when they were read. Those that are logins by
 * now are counted and published as a revision of their batch, exactly once (G7). The others stay rejects, and
 * their history records the attempt.
 * @throws {PipelineFailure} of any class
 */
export async function redriveBatch(deps: WorkerDeps, request: RedriveRequest): Promise<Redriven> {
  const totals = new Map<string, number>()
  const limits = await fetchTopicLimits(deps.kafka, [deps.config.kafka.processedTopic])
  for (let after = -1n; ;) {
    // Claimed anew for each page, because a revision must be finished before the next one begins.
    const page = await withClaimedBatch(deps, BigInt(request.batchId), async (sql, batch) => {
      return await redrivePage(deps, sql, limits, await finishRevision(deps, sql, batch), request, after)
    })
    for (const { outcome } of page.attempts) totals.set(outcome, (totals.get(outcome) ?? 0) + 1)
    if (page.lastOffset === null) return request.dryRun ? redriven(totals) : page.inAll
    after = page.lastOffset
  }
}

type Page = { attempts: AttemptOutcome[]; lastOffset: bigint | null; inAll: Redriven }

async function redrivePage(
  deps: WorkerDeps,
  sql: Sql,
  limits: TopicLimits,
  batch: ClaimedBatch,
  { commandId, selection, dryRun }: RedriveRequest,
  after: bigint,
): Promise<Page> {
  const rejects = await classingPostgres(() => readRejects(sql, batch.id, selection, after, PAGE))
  const { records, gone } = await readWhole(deps, batch, rejects)
  const { attempts: decided, accepted } = decode(deps, batch, records, limits)
  const attempts = [...decided, ...gone]
  if (!dryRun && attempts.length > 0) await apply(deps, sql, batch, commandId, attempts, accepted)
  const lastOffset = rejects.at(-1)?.record.offset ?? null
  const inAll = dryRun || lastOffset !== null ? redriven(new Map()) : await attemptsOf(sql, batch, commandId)
  return { attempts, lastOffset, inAll }
}

/**
 * The rejects as they came. One that was cut is read from Kafka again, and stays a reject if it is gone
 * there.
 */
async function readWhole(
  deps: WorkerDeps,
  { topic, partition, topicId, incarnation, currentIncarnation }: ClaimedBatch,
  rejects: KeptReject[],
): Promise<{ records: SourceRecord[]; gone: AttemptOutcome[] }> {
  if (!rejects.some(({ isCut }) => isCut)) return { records: rejects.map(({ record }) => record), gone: [] }
  const reader = await openRangeReader(deps.kafka, topic, partition, rangeLimits(deps.config))
  const records: SourceRecord[] = []
  const gone: AttemptOutcome[] = []
  try {
    const isSameLog = reader.topicId === topicId && incarnation === currentIncarnation
    for (const reject of rejects) {
      const whole = reject.isCut && !isSameLog ? null : await wholeRecord(reader, reject)
      if (whole === null) gone.push({ offset: reject.record.offset, outcome: 'too_large', detail: GONE })
      else records.push(whole)
    }
  } finally {
    await closeAll([reader.close])
  }
  return { records, gone }
}

const GONE = 'it was too large to be kept whole, and its record is gone from Kafka'

function decode(
  { decode: decodeRecords, config }: WorkerDeps,
  { processedAtMs }: ClaimedBatch,
  records: SourceRecord[],
  maxBatchBytes: TopicLimits,
): { attempts: AttemptOutcome[]; accepted: SourceRecord[] } {
  const rules = currentRules(config, { maxBatchBytes })
  const decoded = decodeRecords(records, { nowMs: processedAtMs, rules })
  const offsets = new Set(decoded.accepted.map(({ offset }) => offset))
  return {
    accepted: records.filter(({ offset }) => offsets.has(offset)),
    attempts: [
      ...decoded.accepted.map(({ offset }) => ({ offset, outcome: 'login' as const, detail: '' })),
      ...decoded.rejected.map(({ record, reason, detail }) => ({
        offset: record.offset,
        outcome: reason,
        detail,
      })),
    ],
  }
}

async function apply(
  deps: WorkerDeps,
  sql: Sql,
  batch: ClaimedBatch,
  commandId: string,
  attempts: AttemptOutcome[],
  accepted: SourceRecord[],
): Promise<void> {
  const record: RecordAttempts = (tx) => recordAttempts(tx, batch.id, commandId, deps.codeVersion, attempts)
  if (accepted.length === 0) {
    await classingPostgres(() => record(sql))
    return
  }
  await withReprocessing(deps, sql, batch, async (reprocessing) => {
    const range = { from: batch.from, to: batch.to, records: new RecordArray(accepted), endOffset: batch.to }
    const options = { nowMs: batch.processedAtMs, insightSize: 0 }
    const decided = await decideBatch(reprocessing, range, NO_POSITION, batch.id, options)
    await deps.onStep?.('before_replay_commit')
    await commitReprocessed(deps, sql, batch, decided, () =>
      commitRedrive(deps, sql, { batch, commandId, accepted }, decided, record),
    )
    reprocessing.sighting.remember(decided.batch.sightings)
    await deps.onStep?.('after_replay_commit')
    await reprocessing.publish(decided.outputs)
  })
}

type RecordAttempts = (tx: Parameters<typeof recordAttempts>[0]) => Promise<void>

/** Moves accepted rejects into the counts, and records the attempts, in one transaction. */
async function commitRedrive(
  { codeVersion }: WorkerDeps,
  sql: Sql,
  { batch, commandId, accepted }: { batch: ClaimedBatch; commandId: string; accepted: SourceRecord[] },
  { batch: decided, rows }: Decided,
  record: RecordAttempts,
): Promise<void> {
  const { logins, events, processedAtMs, rules, unknownOutcomes } = decided
  const revision = batch.revision + 1
  const offsets = accepted.map(({ offset }) => offset)
  await sql.begin(async (tx) => {
    await moveBatch(tx, {
      batch,
      kind: 'redrive',
      commandId,
      added: { logins, rejects: -logins, gaps: 0, loginRows: rows.kept.count },
      events,
      watermarkMs: watermarkMs(decided),
      processedAtMs,
      rules,
      unknownOutcomes,
      codeVersion,
    })
    await writeLogins(tx, { id: batch.id, revision }, decided, rows, [
      markRedriven(tx, batch.id, revision, offsets),
      record(tx),
    ])
  })
}

async function attemptsOf(sql: Sql, { id }: ClaimedBatch, commandId: string): Promise<Redriven> {
  const rows = await classingPostgres(() => readAttempts(sql, id, commandId))
  return redriven(new Map(rows.map(({ outcome, rejects }) => [outcome, rejects])))
}

function redriven(totals: ReadonlyMap<string, number>): Redriven {
  const stay = [...totals].filter(([outcome]) => outcome !== 'login')
  return {
    logins: totals.get('login') ?? 0,
    stay: stay.map(([reason, rejects]) => ({ reason: reason as RejectReason, rejects })),
  }
}
