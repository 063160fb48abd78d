import { LIVE_MS } from '../../ledger/workers.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** What upkeep makes of batches some time after their commit. */
export const rollups = ['counts', 'counts_by_commit_time', 'sightings', 'login_lists'] as const

/** How much of a rollup is still to be made. */
export type PendingRollup = {
  rollup: (typeof rollups)[number]
  batches: number
  /** When the oldest of the batches was committed; null: there is none. */
  oldestAt: Date | null
}

/** Reads how much upkeep has yet to roll up, over all topics of the database. */
export async function readPendingRollups({ sql }: ReadSession): Promise<PendingRollup[]> {
  return await sql<PendingRollup[]>`
    /* readPendingRollups */
    select rollup, count(*)::integer as batches, min(committed_at) as "oldestAt"
    from (
      select 'counts' as rollup, batch_id, revision from pending_rollup
      union select 'counts_by_commit_time', batch_id, revision from pending_commit_rollup
      union select 'sightings', batch_id, revision from sighting_delta
      union select 'login_lists', batch_id, revision from unindexed_batch
    ) as waiting
    cross join lateral (
      select case when waiting.revision = 0 then (select committed_at from batch where id = waiting.batch_id)
             else (select committed_at from batch_revision changed
                   where changed.batch_id = waiting.batch_id and changed.revision = waiting.revision) end as committed_at
      offset 0
    ) as written
    group by rollup`
}

/** When the oldest of the parked batches of a topic was parked; null: none is. */
export async function readOldestParked({ sql }: ReadSession, topic: string): Promise<Date | null> {
  const [row] = await sql<{ oldestAt: Date | null }[]>`
    /* readOldestParked */
    select min(committed_at) as "oldestAt" from batch where topic = ${topic} and status = 'parked'`
  return row?.oldestAt ?? null
}

/** Counts the workers of a topic that reported lately, by version. */
export async function countWorkers(
  { sql, readAt }: ReadSession,
  topic: string,
): Promise<{ version: string; workers: number }[]> {
  return await sql<{ version: string; workers: number }[]>`
    /* countWorkers */
    select version, count(*)::integer as workers from worker
    where topic = ${topic} and seen_at > ${new Date(readAt.getTime() - LIVE_MS)} group by version`
}

/** When the chain of the audit was last checked, and whether no break of it is open. Null: it was never checked. */
export async function readAuditCheck(
  { sql }: ReadSession,
  topic: string,
): Promise<{ checkedAt: Date; isIntact: boolean } | null> {
  const [row] = await sql<{ checkedAt: Date; isIntact: boolean }[]>`
    /* readAuditCheck */
    select checked_at as "checkedAt", not exists (
      select from alert where alert.topic = audit_check.topic and cleared_at is null and kind = 'audit_chain'
    ) as "isIntact"
    from audit_check where topic = ${topic}`
  return row ?? null
}

/** Counts the open discrepancies of a topic by kind. */
export async function countOpenDiscrepancies(
  { sql }: ReadSession,
  topic: string,
): Promise<{ kind: string; open: number }[]> {
  return await sql<{ kind: string; open: number }[]>`
    /* countOpenDiscrepancies */
    select kind, count(*)::integer as open from alert where topic = ${topic} and cleared_at is null group by kind`
}
