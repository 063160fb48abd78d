import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { delayClasses, latenessClasses } from '../../../domain/engagement/arrival.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { RejectReason } from '../../../domain/login/login.ts'
import { placeInBuckets } from './count-buckets.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** How the logins arrived that were counted during a bucket. `lateness` and `delays` hold logins by class. */
export type ArrivalRow = { outOfOrder: bigint; lateness: bigint[]; delays: bigint[] }

/**
 * One row for each bucket. Buckets are in order, do not overlap, and start and end on quarters of an hour.
 */
export async function readArrivals(
  { sql }: ReadSession,
  buckets: readonly TimeBucket[],
): Promise<ArrivalRow[]> {
  const rows = await sql<({ bucket_index: number } & ArrivalRow)[]>`
    /* readArrivals */
    with arrived as materialized (
      select place.number - 1 as bucket_index, out_of_order, lateness, delays
      from (
        select quarter, out_of_order, lateness, delays from arrival_count
        where quarter >= ${isoTime(buckets[0]?.fromMs ?? 0)} and quarter < ${isoTime(buckets.at(-1)?.toMs ?? 0)}
        union all
        select quarter, out_of_order, lateness, delays from arrival_pending
      ) as counts
      ${placeInBuckets(sql, buckets, 'quarter')}
    ), classed as (
      select bucket_index, 'lateness' as kind, class.number, sum(class.logins)::bigint as logins
      from arrived, unnest(lateness) with ordinality as class (logins, number) group by 1, 2, 3
      union all
      select bucket_index, 'delays', class.number, sum(class.logins)::bigint
      from arrived, unnest(delays) with ordinality as class (logins, number) group by 1, 2, 3
    )
    select bucket_index,
           (select sum(out_of_order)::bigint from arrived where arrived.bucket_index = classed.bucket_index) as "outOfOrder",
           array_agg(logins order by number) filter (where kind = 'lateness') as lateness,
           array_agg(logins order by number) filter (where kind = 'delays') as delays
    from classed group by bucket_index`
  const byIndex = new Map(rows.map(({ bucket_index, ...row }) => [bucket_index, row]))
  return buckets.map((_, index) => byIndex.get(index) ?? none())
}

const none = (): ArrivalRow => ({
  outOfOrder: 0n,
  lateness: latenessClasses.map(() => 0n),
  delays: delayClasses.map(() => 0n),
})

type RejectRow = { bucketIndex: number; reason: RejectReason; rejects: bigint }

/**
 * Counts rejects by the bucket in which they were rejected and by reason, including those that have become
 * logins since.
 */
export async function readRejectCounts(
  { sql }: ReadSession,
  buckets: readonly TimeBucket[],
): Promise<RejectRow[]> {
  return await sql<RejectRow[]>`
    /* readRejectCounts */
    select place.number - 1 as "bucketIndex", reason, count(*) as rejects
    from rejected_login
    ${placeInBuckets(sql, buckets, 'rejected_at')}
      and rejected_at >= ${isoTime(buckets[0]?.fromMs ?? 0)} and rejected_at < ${isoTime(buckets.at(-1)?.toMs ?? 0)}
    group by 1, 2
    order by 1, 2`
}
