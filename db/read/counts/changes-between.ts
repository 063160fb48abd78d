import { isoTime } from '../../../domain/time/iso-time.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { type AnswerPoint, isCountedAt, writtenAround } from './answer-point.ts'
import { addedBy } from './count-buckets.ts'
import { type CountFilter, filteredDimensions, withinFilter } from './count-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** What one revision of a batch added to a range, between two points. */
export type Change = {
  batch_id: bigint
  revision: number
  /** Null: the batch itself. */
  kind: 'replay' | 'redrive' | null
  /** The command that caused it; null: none did. */
  command_id: string | null
  partition: number
  incarnation: number
  from_offset: bigint
  to_offset: bigint
  counted_at: Date
  /** Negative where the later point lacks it. */
  attempts: bigint
  failures: bigint
  /** Of these, those that were counted more than an hour after their minute was over. */
  late_attempts: bigint
  late_failures: bigint
}

/**
 * Reads what two points do not have in common of a range, in the order in which it was written.
 * @returns null when more than `limit` batches and revisions have events around the range
 */
export async function readChangesBetween(
  { sql }: ReadSession,
  earlier: AnswerPoint,
  later: AnswerPoint,
  range: TimeBucket,
  filter: CountFilter,
  limit: number,
): Promise<Change[] | null> {
  const [from, to] = [isoTime(range.fromMs), isoTime(range.toMs)]
  const isAround = sql`first_event_at < ${to}::text::timestamptz and last_event_at >= ${from}::text::timestamptz`
  const rows = await sql<(Change & { written: number })[]>`
    /* readChangesBetween */
    with differing as materialized (
      select written.*, case when ${isCountedAt(sql, later)} then 1 else -1 end as sign
      from (
        select id as batch_id, 0 as revision, null as kind, null as command_id, topic, partition, incarnation, from_offset, to_offset,
               0::bigint as change_number, committed_at
        from batch where ${isAround} and ${writtenAround(sql, earlier, later)}
        union all
        select batch_id, revised.revision, kind, revised.command_id, topic, partition, incarnation, from_offset, to_offset, change_number,
               revised.committed_at
        from (select * from batch_revision where ${writtenAround(sql, earlier, later)}) as revised
        join batch on batch.id = batch_id
        where ${isAround}
      ) as written
      where (${isCountedAt(sql, later)}) <> (${isCountedAt(sql, earlier)})
      limit ${limit + 1}
    )
    select batch_id, revision, kind, command_id, partition, incarnation, from_offset, to_offset, committed_at as counted_at,
           sign * attempts as attempts, sign * failures as failures, sign * late_attempts as late_attempts,
           sign * late_failures as late_failures, (select count(*)::integer from differing) as written
    from differing
    cross join lateral (
      select coalesce(sum(added.logins), 0)::bigint as attempts,
             coalesce(sum(added.logins) filter (where outcome = 'failure'), 0)::bigint as failures,
             coalesce(sum(added.logins) filter (where is_late), 0)::bigint as late_attempts,
             coalesce(sum(added.logins) filter (where is_late and outcome = 'failure'), 0)::bigint as late_failures
      from login_count_delta delta
      ${addedBy(sql, ['outcome', ...filteredDimensions(filter)])}
      cross join lateral (select added.bucket + interval '61 minutes' < committed_at as is_late) as lateness
      where delta.batch_id = differing.batch_id and delta.revision = differing.revision
        and added.bucket >= ${from}::text::timestamptz and added.bucket < ${to}::text::timestamptz
        ${withinFilter(sql, filter)}
    ) as sums
    order by committed_at, batch_id, revision`
  if ((rows[0]?.written ?? 0) > limit) return null
  return rows.filter(({ attempts }) => attempts !== 0n)
}
