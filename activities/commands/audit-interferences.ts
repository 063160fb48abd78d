import { recordAuditEvent } from '../../db/ledger/audit-events.ts'
import { lastLook, recordLook } from '../../db/ledger/interference-looks.ts'
import type { Sql } from '../../db/connection/connect.ts'
import type { AuditDetails } from '../../domain/audit/audit-event.ts'
import { temporalActor } from '../../domain/access/command-proof.ts'

/** What somebody did to a workflow past its commands. */
export type Interference = AuditDetails['workflow_interfered'] & {
  /** ISO 8601, by Temporal's clock. */
  at: string
}

/** Temporal lists what has happened after a while, and its clock may differ from that of Postgres. */
const OVERLAP_MS = 10 * 60_000

/**
 * Audits what was done to the workflows of a task queue since the last look: the workflows were told nothing of it. Safe to
 * repeat: each leaves one event.
 * @param find finds what was done since a time in Unix milliseconds
 */
export async function auditInterferences(
  sql: Sql,
  taskQueue: string,
  find: (since: number) => Promise<Interference[]>,
): Promise<void> {
  const { since, now } = await lastLook(sql, taskQueue)
  for (const one of await find(since.getTime() - OVERLAP_MS)) await recordInterference(sql, one, 'done')
  await recordLook(sql, taskQueue, now)
}

/** @param result refused: the workflow went on */
export async function recordInterference(
  sql: Sql,
  { at, ...detail }: Interference,
  result: 'done' | 'refused',
): Promise<void> {
  await recordAuditEvent(sql, {
    id: `${detail.how}/${detail.workflowId}/${detail.runId}`,
    kind: 'workflow_interfered',
    at,
    actor: { ...temporalActor, verified: false },
    result,
    detail,
  })
}
