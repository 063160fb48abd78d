import type { DimensionName } from '../../domain/counts.ts'
import type { TimeBucket } from '../../domain/cover-buckets.ts'
import { type CountFilter, filteredDimensions, withinFilter } from './count-filter.ts'
import { addedBy, columns, countsInBuckets, placeInBuckets } from './count-buckets.ts'
import type { ReadSession } from './snapshot.ts'

type Sql = ReadSession['sql']

/** When counts were written: after `since`, up to `until`, both in Postgres's text to the microsecond; null: no bound. */
export type Written = { since: string | null; until: string | null }

/**
 * Which counts: as they are, as they stood at a moment, or what was written between two. What stood at a moment is what is
 * there without what was written since, or all that was written up to it: whichever looks at fewer batches.
 */
export type CountSource =
  { kind: 'now' } | { kind: 'without'; written: Written } | { kind: 'only'; written: Written }

/** Rows of (bucket_index, the dimensions, logins) as countsInBuckets gives them. */
export function countsFrom(
  sql: Sql,
  source: CountSource,
  buckets: readonly TimeBucket[],
  dimensions: readonly DimensionName[],
  filter: CountFilter,
) {
  if (source.kind === 'now') return countsInBuckets(sql, buckets, dimensions, filter)
  const written = (sign: 1 | -1) => writtenCounts(sql, source.written, sign, buckets, dimensions, filter)
  if (source.kind === 'only') return written(1)
  return sql`${countsInBuckets(sql, buckets, dimensions, filter)} union all ${written(-1)}`
}

function writtenCounts(
  sql: Sql,
  written: Written,
  sign: 1 | -1,
  buckets: readonly TimeBucket[],
  dimensions: readonly DimensionName[],
  filter: CountFilter,
) {
  return sql`
    select place.number - 1 as bucket_index, ${columns(sql, dimensions)} ${sign}::integer * added.logins as logins
    from (${revisionsWritten(sql, written)}) as revision
    join login_count_delta delta using (batch_id, revision)
    ${addedBy(sql, [...dimensions, ...filteredDimensions(filter)])}
    ${placeInBuckets(sql, buckets)} ${withinFilter(sql, filter)}`
}

const revisionsWritten = (sql: Sql, written: Written) => sql`
  select id as batch_id, 0 as revision from batch where true ${during(sql, written)}
  union all
  select batch_id, revision from batch_revision where true ${during(sql, written)}`

const during = (sql: Sql, { since, until }: Written) => sql`
  ${since === null ? sql`` : sql`and committed_at > ${since}::text::timestamptz`}
  ${until === null ? sql`` : sql`and committed_at <= ${until}::text::timestamptz`}`

/** How many batches and revisions were written then; `limit` at most. */
export async function countWritten({ sql }: ReadSession, written: Written, limit: number): Promise<number> {
  const [row] = await sql<{ revisions: number }[]>`
    /* countWritten */
    select count(*)::integer as revisions from (${revisionsWritten(sql, written)} limit ${limit}) as revision`
  return row?.revisions ?? 0
}

/** When a batch was written first, as Postgres writes it; null: there is no such batch. */
export async function readWrittenAt({ sql }: ReadSession, batchId: bigint): Promise<string | null> {
  const [row] = await sql<{ at: string }[]>`
    /* writtenAt */
    select committed_at::text as at from batch where id = ${String(batchId)}::text::bigint`
  return row?.at ?? null
}
