import { CHUNK_BITS } from '../../domain/bitmap.ts'
import type { TimeBucket } from '../../domain/cover-buckets.ts'
import { isoTime } from '../../domain/iso-time.ts'
import type { PresenceKind } from '../../domain/presence.ts'
import { type ActivityFacet, type DayRange, activeMembers } from './activity.ts'
import { type CountFilter, withinFilter } from './count-filter.ts'
import { dictionaries } from '../dictionaries.ts'
import { readOldestLoginDay } from './login-days.ts'
import { addressText } from './address-text.ts'
import type { ReadSession } from './snapshot.ts'

type Sql = ReadSession['sql']

/** Start of the oldest day with login rows, which stays until the session ends; null: none are kept. */
export async function readRowsKeptFrom({ sql }: ReadSession): Promise<Date | null> {
  await sql`/* holdLogins */ select from login limit 0`
  return await readOldestLoginDay(sql)
}

/** How many of a kind the login rows of a range have; the rows must be kept (db/read/login-days.ts). */
export async function readDistinctInRows(
  { sql }: ReadSession,
  kind: PresenceKind,
  range: TimeBucket,
  filter: CountFilter,
): Promise<bigint> {
  const [row] = await sql<{ members: bigint }[]>`
    /* distinctInRows */
    select count(*) as members from (${distinctIn(sql, kind, [range], filter)}) as seen`
  return row?.members ?? 0n
}

/**
 * How many of a kind were active on whole days or in what a range has beside them: the bits of the days, and those in the
 * rows of its edges that have none among them. The rows of the edges must be kept.
 */
export async function readDistinctWithEdges(
  { sql }: ReadSession,
  kind: PresenceKind,
  facet: ActivityFacet,
  { days, edges }: { days: DayRange; edges: readonly TimeBucket[] },
  filter: CountFilter,
): Promise<bigint> {
  const { table, id } = dictionaries[kind]
  const [row] = await sql<{ members: bigint }[]>`
    /* distinctWithEdges */
    with whole as materialized (${activeMembers(sql, kind, facet, days)}),
         edge as (${distinctIn(sql, kind, edges, filter)})
    select coalesce((select sum(bit_count(members)) from whole), 0)::bigint + count(*) as members
    from edge
    left join ${sql(table)} as known on known.${sql(id)} = edge.id
    left join whole on whole.chunk = known.number / ${CHUNK_BITS}
    where whole.chunk is null or get_bit(whole.members, known.number % ${CHUNK_BITS}) = 0`
  return row?.members ?? 0n
}

/** Rows of (id), as dictionaries have it. */
function distinctIn(sql: Sql, kind: PresenceKind, ranges: readonly TimeBucket[], filter: CountFilter) {
  const time = (ms: number) => sql`${isoTime(ms)}::text::timestamptz`
  const within = ranges.map(({ fromMs, toMs }, place) => {
    const between = sql`event_at >= ${time(fromMs)} and event_at < ${time(toMs)}`
    return place === 0 ? between : sql`or ${between}`
  })
  const { id } = dictionaries[kind]
  return sql`
    select ${kind === 'address' ? addressText(sql) : sql(id)} as id
    from (select distinct ${sql(id)} from login where (${within}) ${withinFilter(sql, filter)}) as seen`
}
