import { arrayColumns, type DimensionName } from '../../../domain/counts/dimensions.ts'
import { QUARTER_MS, type TimeBucket } from '../../../domain/time/bucket.ts'
import { unitsCut } from '../../../domain/counts/cover-buckets.ts'
import { type CountFilter, filteredDimensions, withinFilter } from './count-filter.ts'
import { addedBy, columns, countsInBuckets, placeInBuckets, type Spans } from './count-buckets.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/**
 * When counts were written: after `since` and up to `until`, as Postgres writes them to the microsecond.
 * Null: no bound.
 */
export type Written = { since: string | null; until: string | null }

/**
 * Which counts to read. `now`: as they are. `without`: as they are, minus what was written in a time. `only`:
 * what was written in a time. Counts as they stood at a moment are `without` what was written since, or
 * `only` what was written up to it: whichever reads fewer batches.
 */
export type CountSource =
  { kind: 'now' } | { kind: 'without'; written: Written } | { kind: 'only'; written: Written }

/** Selects counts of a source. The columns are those of countsInBuckets. */
export function countsFrom(
  sql: Sql,
  source: CountSource,
  buckets: readonly TimeBucket[],
  spans: readonly Spans[],
  dimensions: readonly DimensionName[],
  filter: CountFilter,
) {
  const written = (sign: 1 | -1, bounds: Written) =>
    writtenCounts(sql, bounds, sign, buckets, dimensions, filter)
  if (source.kind === 'only') return written(1, source.written)
  const now = countsInBuckets(sql, buckets, spans, dimensions, filter)
  return source.kind === 'now' ? now : sql`${now} union all ${written(-1, source.written)}`
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
    select place.number - 1 as bucket_index, ${columns(sql, dimensions)} ${sign}::integer * added.logins as logins, 0 as next_logins
    from (${addedIn(sql, written, areQuarters(buckets))}) as delta
    ${addedBy(sql, [...dimensions, ...filteredDimensions(filter)])}
    ${placeInBuckets(sql, buckets)} ${withinFilter(sql, filter)}`
}

/** Whether rows of written_count can answer: they hold counts by quarter of an hour. */
const areQuarters = (buckets: readonly TimeBucket[]): boolean => unitsCut(buckets, QUARTER_MS).length === 0

/**
 * Selects the arrays of what was written in a time: of rows of written_count, and of single batches where
 * such a row lies only partly in the time or is not made yet.
 */
const addedIn = (sql: Sql, written: Written, inQuarters: boolean) => sql`
  select buckets, ${arrays(sql)} from (${revisionsApart(sql, written, inQuarters)}) as revision
  join login_count_delta using (batch_id, revision)
  ${inQuarters ? sql`union all select quarters, ${arrays(sql)} from (${rolledIn(sql, written)}) as rolled` : sql``}`

const arrays = (sql: Sql) => sql.unsafe(`${arrayColumns}, logins`)

/** Selects the rows of written_count that lie within a time: an hour rather than its 5 minutes. */
const rolledIn = (sql: Sql, written: Written) => sql`
  select * from written_count as rolled
  where ${liesWithin(sql, written, sql`rolled`)} and (minutes = 60 or not exists (
    select from written_count as hour
    where hour.minutes = 60 and hour.start = date_trunc('hour', rolled.start, 'UTC') and ${liesWithin(sql, written, sql`hour`)}))`

const liesWithin = (sql: Sql, { since, until }: Written, row: ReturnType<Sql>) => sql`
  true
  ${since === null ? sql`` : sql`and ${row}.start > ${since}::text::timestamptz`}
  ${until === null ? sql`` : sql`and ${row}.start + make_interval(mins => ${row}.minutes) <= ${until}::text::timestamptz`}`

/** Selects the batches and revisions of a time that none of the rows within it has. */
const revisionsApart = (sql: Sql, written: Written, inQuarters: boolean) => {
  const { since, until } = written
  if (!inQuarters)
    return sql`select batch_id, revision from revision_written where true ${during(sql, written)}`
  // Only parts of the first and the last 5 minutes belong to the time. Between them, what no row has is in
  // pending_commit_rollup.
  const first = sql`date_bin('5 minutes', ${since}::text::timestamptz, timestamptz '2000-01-01Z') + interval '5 minutes'`
  const last = sql`date_bin('5 minutes', ${until}::text::timestamptz, timestamptz '2000-01-01Z')`
  const isCut = [
    since === null ? [] : [sql`committed_at < ${first}`],
    until === null ? [] : [sql`committed_at >= ${last}`],
  ].flat()
  const isInside = sql`
    ${since === null ? sql`` : sql`and committed_at >= ${first}`} ${until === null ? sql`` : sql`and committed_at < ${last}`}`
  const cut = isCut.map((edge, i) => {
    // Both edges may lie in the same 5 minutes.
    const apart = i === 0 ? sql`` : sql`and committed_at >= ${first}`
    return sql`select batch_id, revision from revision_written where ${edge} ${apart} ${during(sql, written)} union all`
  })
  return sql`${cut.length === 0 ? sql`` : cut}
    select batch_id, revision from pending_commit_rollup join revision_written using (batch_id, revision)
    where true ${isInside} ${during(sql, written)}`
}

const during = (sql: Sql, { since, until }: Written) => sql`
  ${since === null ? sql`` : sql`and committed_at > ${since}::text::timestamptz`}
  ${until === null ? sql`` : sql`and committed_at <= ${until}::text::timestamptz`}`

/** Reading a row of written_count takes about as long as reading this many batches. */
const BATCHES_PER_ROLLED = 5

/**
 * Estimates how much has to be read to know what was written in a time, in batches and revisions; `limit` at
 * most.
 * @param buckets those asked for: whether they are whole quarters of an hour decides what can be read
 */
export async function countWritten(
  { sql }: ReadSession,
  written: Written,
  buckets: readonly TimeBucket[],
  limit: number,
): Promise<number> {
  const inQuarters = areQuarters(buckets)
  const [row] = await sql<{ batches: number }[]>`
    /* countWritten */
    select (select count(*) from (${revisionsApart(sql, written, inQuarters)} limit ${limit}) as apart)::integer
           + ${inQuarters ? sql`${BATCHES_PER_ROLLED}::integer * (select count(*) from (${rolledIn(sql, written)}) as rolled)::integer` : sql`0`}
           as batches`
  return Math.min(row?.batches ?? 0, limit)
}

/** The moment at which a batch was first written, as Postgres writes it. Null: there is no such batch. */
export async function readWrittenAt({ sql }: ReadSession, batchId: bigint): Promise<string | null> {
  const [row] = await sql<{ at: string }[]>`
    /* readWrittenAt */
    select committed_at::text as at from batch where id = ${String(batchId)}::text::bigint`
  return row?.at ?? null
}
