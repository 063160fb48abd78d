import type { DimensionName } from '../../domain/counts.ts'
import type { TimeBucket } from '../../domain/cover-buckets.ts'
import type { CountFilter } from './count-filter.ts'
import { type CountSource, countsFrom } from './count-moment.ts'
import type { ReadSession } from './snapshot.ts'

/** What to count: which counts, by which dimensions, of which logins. */
export type CountQuestion = {
  source: CountSource
  dimensions: readonly DimensionName[]
  filter: CountFilter
}

/** Logins of one bucket (its place in the list) and one value of each dimension that was asked for. */
export type CountRow = { bucketIndex: number; logins: bigint } & Partial<Record<DimensionName, string>>

/**
 * Logins by bucket and dimensions, in order of the dimensions and then of the buckets; what has none is absent.
 * @param limit rows that come back at most
 */
export async function readLoginCounts(
  { sql }: ReadSession,
  buckets: readonly TimeBucket[],
  { source, dimensions, filter }: CountQuestion,
  limit: number,
): Promise<CountRow[]> {
  const grouped = sql.unsafe(dimensions.map((name) => `${name}, `).join(''))
  const ordered = sql.unsafe(dimensions.map((name) => `${name} collate "C", `).join(''))
  return await sql<CountRow[]>`
    /* loginCounts */
    select ${grouped} bucket_index as "bucketIndex", sum(logins)::bigint as logins
    from (${countsFrom(sql, source, buckets, dimensions, filter)}) as counts
    group by ${grouped} bucket_index
    having sum(logins) <> 0
    order by ${ordered} bucket_index
    limit ${limit}`
}

/** Logins of a whole range, as they are counted now. */
export async function readLoginTotal(
  session: ReadSession,
  range: TimeBucket,
  filter: CountFilter,
): Promise<bigint> {
  const question = { source: { kind: 'now' as const }, dimensions: [], filter }
  const [row] = await readLoginCounts(session, [range], question, 1)
  return row?.logins ?? 0n
}
