import { isoTime } from '../../../domain/time/iso-time.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** What of a range is no longer kept: its minutes, its lists of users, devices and addresses, or its rows. */
export type RetentionMove = { what: 'minute_count' | 'hour_login' | 'login'; keptFrom: Date }

/**
 * Reads what of a range retention took between two moments, as Postgres writes them.
 * @param until null: now
 */
export async function readRetentionMoves(
  { sql }: ReadSession,
  since: string,
  until: string | null,
  { fromMs, toMs }: TimeBucket,
): Promise<RetentionMove[]> {
  return await sql<RetentionMove[]>`
    /* readRetentionMoves */
    select what, max(kept_from) as "keptFrom"
    from (
      select what, kept_from, moved_at, lag(kept_from, 1, '-infinity') over (partition by what order by kept_from) as before
      from retention_move where what in ('minute_count', 'hour_login', 'login')
    ) as moved
    where moved_at > ${since}::text::timestamptz
      ${until === null ? sql`` : sql`and moved_at <= ${until}::text::timestamptz`}
      and kept_from > ${isoTime(fromMs)}::text::timestamptz and before < ${isoTime(toMs)}::text::timestamptz
    group by what
    order by what desc`
}
