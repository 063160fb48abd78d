import { bucketMs, type TimeBucket } from '../../../domain/time/bucket.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import { addedBy } from '../counts/count-buckets.ts'
import { type CountFilter, filteredDimensions, withinFilter } from '../counts/count-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** What one revision of a batch added to a point of a chart. */
export type Contribution = {
  batch_id: bigint
  revision: number
  partition: number
  incarnation: number
  from_offset: bigint
  to_offset: bigint
  logins: bigint
  counted_at: Date
}

/** Reads the contributions to a range of minutes in the order in which they were counted. */
export async function readLineage(
  { sql }: ReadSession,
  range: TimeBucket,
  filter: CountFilter,
  limit: number,
): Promise<Contribution[]> {
  const count = (range.toMs - range.fromMs) / bucketMs.minute
  const minutes = Array.from({ length: count }, (_, i) => isoTime(range.fromMs + i * bucketMs.minute))
  return await sql<Contribution[]>`
    /* readLineage */
    select added.*, partition, incarnation, from_offset, to_offset,
           coalesce(revised.committed_at, source.committed_at) as counted_at
    from (
      select batch_id, revision, sum(added.logins)::bigint as logins
      from login_count_delta delta
      ${addedBy(sql, filteredDimensions(filter))}
      where delta.buckets && ${minutes}::text[]::timestamptz[]
        and added.bucket >= ${new Date(range.fromMs)}
        and added.bucket < ${new Date(range.toMs)}
        ${withinFilter(sql, filter)}
      group by batch_id, revision
      limit ${limit}
    ) as added
    cross join lateral (
      select partition, incarnation, from_offset, to_offset, committed_at from batch where id = added.batch_id offset 0
    ) as source
    left join batch_revision revised on revised.batch_id = added.batch_id and revised.revision = added.revision
    order by counted_at, added.batch_id, added.revision`
}
