import type { DimensionName } from '../../domain/counts.ts'
import type { TimeBucket } from '../../domain/cover-buckets.ts'
import type { Counts } from '../../domain/series.ts'
import type { CountFilter } from './count-filter.ts'
import { type CountSource, countsFrom } from './count-moment.ts'
import type { ReadSession } from './snapshot.ts'

/** What to count: which counts, by which dimensions, of which logins. */
export type CountQuestion = {
  source: CountSource
  dimensions: readonly DimensionName[]
  filter: CountFilter
}

/**
 * Logins by dimensions and bucket; what has none is absent. As text by dimensions, which costs Node a fraction of a row for
 * each bucket.
 * @param limit counts that come back at most
 */
export async function readLoginCounts(
  { sql }: ReadSession,
  buckets: readonly TimeBucket[],
  { source, dimensions, filter }: CountQuestion,
  limit: number,
): Promise<Counts[]> {
  const grouped = sql.unsafe(dimensions.map((name) => `${name}, `).join(''))
  const rows = await sql<(Partial<Record<DimensionName, string>> & { places: string; logins: string })[]>`
    /* loginCounts */
    select ${grouped} string_agg(bucket_index::text, ',') as places, string_agg(logins::text, ',') as logins
    from (
      select ${grouped} bucket_index, sum(logins)::bigint as logins
      from (${countsFrom(sql, source, buckets, dimensions, filter)}) as counts
      group by ${grouped} bucket_index
      having sum(logins) <> 0
      limit ${limit}
    ) as counts
    group by ${grouped} ()
    having count(*) > 0`
  return rows.map(({ places, logins, ...values }) => ({
    ...values,
    places: places.split(',').map(Number),
    logins: logins.split(',').map(BigInt),
  }))
}

/** Logins of a whole range, as they are counted now. */
export async function readLoginTotal(
  session: ReadSession,
  range: TimeBucket,
  filter: CountFilter,
): Promise<bigint> {
  const question = { source: { kind: 'now' as const }, dimensions: [], filter }
  const [counts] = await readLoginCounts(session, [range], question, 1)
  return counts?.logins[0] ?? 0n
}
