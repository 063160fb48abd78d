import { pruneAudit } from '../audit/prune-audit.ts'
import { type AuditDeps, publishHead } from '../audit/publish-head.ts'
import { readHeadKeys } from '../audit/keys.ts'
import { readHeads } from '../audit/read-heads.ts'
import { checkPart } from '../audit/check-part.ts'
import { connectPostgres } from '../db/connection/connect.ts'
import { classingPostgres } from '../db/connection/failure.ts'
import { recordAuditCheck } from '../db/ledger/audit-chain.ts'
import { clearDiscrepancies, openDiscrepancies, raiseDiscrepancies } from '../db/ledger/discrepancies.ts'
import type { ChainPlace } from '../domain/audit/audit-head.ts'
import { type ChainBreak, sayBreak } from '../domain/audit/explain-break.ts'
import type { ActivityDeps } from './session/activity-deps.ts'

export type CheckedAudit = {
  /** What was done, in words. */
  says: string
  /** What somebody must look at, each in words. */
  problems: string[]
  /** For the next run of its schedule; null: nothing. */
  next: Remembered | null
}

/** Where a run ended, as Temporal remembers it, which nobody who may write Postgres or Kafka can change. */
export type Remembered = ChainPlace & {
  /** Of the heads. */
  topic: string
}

export type AuditRun = {
  topic: string
  runId: string
  /** What the last run left; null or left out: nothing. */
  last?: Remembered | null
}

/** More than one is open only if breaks come one after the other. */
const MAX_OPEN = 1_000
/** As long as an activity may take: a statement may remove years of events. */
const STATEMENT_TIMEOUT_MS = 10 * 60_000

/** @throws {PipelineFailure | SecretError} */
export const publishAuditHead = (deps: ActivityDeps, run: AuditRun): Promise<CheckedAudit> =>
  onOwnConnection(deps, async (audit) => {
    const { topic } = audit.heads
    // Another topic is a new beginning (docs/audit.md, "When the chain is broken").
    const known = run.last?.topic === topic ? run.last : null
    const { head, place, break: broken, isTopicNew } = await publishHead(audit, known)
    if (broken !== null) return { ...(await raise(audit, run, broken)), next: known }
    const says =
      head === null
        ? 'the last head is published already'
        : `published head ${head.seq}, ${head.keyId === null ? 'not signed' : `signed by key ${head.keyId}`}`
    const lost = `the topic ${topic} has lost the heads of the audit: the last was that of event ${known?.seq}, from which the chain is as it was`
    return {
      says,
      problems: isTopicNew ? [lost] : [],
      next: place === null ? known : { seq: place.seq, hash: place.hash, topic },
    }
  })

/**
 * Checks the chain and its heads, a million events after those of the last run. A break becomes a discrepancy; checks that come from
 * the beginning to the end without one clear it.
 * @throws {PipelineFailure | SecretError}
 */
export const checkAudit = (deps: ActivityDeps, run: AuditRun): Promise<CheckedAudit> =>
  onOwnConnection(deps, async (audit) => {
    const checked = await checkOn(audit, run)
    await recordAuditCheck(audit.sql, run.topic)
    return checked
  })

async function checkOn(audit: AuditDeps, run: AuditRun): Promise<CheckedAudit> {
  const keys = await readHeadKeys(audit.config)
  const heads = await readHeads(audit.heads, keys)
  const { found, next } = await checkPart(audit.sql, heads, keys, run.last ?? null)
  if (found.break !== null) return await raise(audit, run, found.break)
  if (next !== null)
    return {
      says: `events ${found.from} to ${next.seq} follow each other; the next check goes on there`,
      problems: [],
      next: { seq: next.seq, hash: next.hash, topic: audit.heads.topic },
    }
  await audit.sql.begin(async (tx) => {
    const open = await openDiscrepancies(tx, run.topic, ['audit_chain'], MAX_OPEN)
    await clearDiscrepancies(
      tx,
      open.map(({ id }) => id),
    )
  })
  const compared =
    found.head === null ? 'there is no head to compare' : `compared with head ${found.head.seq}`
  const events =
    found.from === 1 ? `the chain of ${found.count} events` : `the chain through event ${found.last.seq}`
  return well(`${events} is whole, ${compared}`)
}

/** @throws {PipelineFailure | SecretError} */
export const pruneAuditChain = (deps: ActivityDeps, run: AuditRun): Promise<CheckedAudit> =>
  onOwnConnection(deps, async (audit) => {
    const { events, refusal, break: broken } = await pruneAudit(audit)
    if (broken !== null) return await raise(audit, run, broken)
    if (refusal !== null)
      return { says: 'nothing was pruned', problems: [`the audit was not pruned: ${refusal}`], next: null }
    return well(`${events} events were pruned`)
  })

/** A long check keeps none of the worker's few connections from others. */
async function onOwnConnection<Result>(
  { kafka, topicOffsets, config, clock }: ActivityDeps,
  work: (audit: AuditDeps) => Promise<Result>,
): Promise<Result> {
  const sql = connectPostgres(config.database, {
    applicationName: 'rollcall audit',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  const heads = { kafka, offsets: topicOffsets, topic: config.kafka.auditHeadsTopic }
  try {
    return await classingPostgres(() => work({ sql, heads, config: config.audit, clock }))
  } finally {
    await sql.end({ timeout: 1 })
  }
}

const well = (says: string): CheckedAudit => ({ says, problems: [], next: null })

async function raise(
  { sql }: AuditDeps,
  { topic, runId }: AuditRun,
  broken: ChainBreak,
): Promise<CheckedAudit> {
  const found = sayBreak(broken)
  const detail = { batchId: null, count: null, expected: 'a whole chain', found, ...broken }
  const subject = `the audit chain at event ${broken.seq}`
  await sql.begin((tx) =>
    raiseDiscrepancies(tx, topic, runId, [{ kind: 'audit_chain', partition: null, subject, detail }]),
  )
  return {
    says: found,
    problems: [`the audit was tampered with: ${found}; docs/audit.md, "When the chain is broken"`],
    next: null,
  }
}
