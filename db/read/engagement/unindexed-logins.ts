import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { MemberSet } from '../../../domain/engagement/member-set.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { addressText } from '../../login-rows/address-text.ts'
import { bytesOf } from '../bytes.ts'
import { type CountFilter, withinFilter } from '../counts/count-filter.ts'
import type { MembersByKind } from './indexed-logins.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { either, withinRanges } from '../within-ranges.ts'

type Sql = ReadSession['sql']

/**
 * Adds the members that have a login row in the ranges in a batch that is not indexed yet
 * (db/rollups/index-logins.ts).
 * @returns for each kind, how many have no number yet: these are found nowhere else
 */
export async function addUnindexed(
  members: MembersByKind,
  { sql }: ReadSession,
  ranges: readonly TimeBucket[],
  filter: CountFilter,
): Promise<Map<SightingKind, number>> {
  const batches = await unindexedBatches(sql, ranges)
  const unknown = Array.from(members, async ([kind, set]): Promise<[SightingKind, number]> => [
    kind,
    await addOfBatches(set, sql, kind, batches, ranges, filter),
  ])
  return new Map(await Promise.all(unknown))
}

/** Adds the members of one kind. @returns how many have no number yet */
async function addOfBatches(
  members: MemberSet,
  sql: Sql,
  kind: SightingKind,
  batches: string[],
  ranges: readonly TimeBucket[],
  filter: CountFilter,
): Promise<number> {
  const [first] = batches
  if (first === undefined) return 0
  const { table, id } = idTables[kind]
  // The range of all these batches lets Postgres find their rows in one scan; one scan for each batch takes
  // longer.
  const [row] = await sql<{ numbers: string | null; unknown: number }[]>`
    /* addOfBatches */
    select encode(string_agg(int4send(number), ''::bytea), 'base64') as numbers,
           count(*) filter (where number is null)::integer as unknown
    from (
      select ${kind === 'address' ? addressText(sql) : sql(id)} as id
      from (
        select distinct ${sql(id)} from login
        where batch_id between ${first}::text::bigint and ${batches.at(-1) ?? first}::text::bigint
          and (batch_id in (select unnest(${batches}::text[]::bigint[]))) is true
          and (${withinRanges(sql, ranges)}) ${withinFilter(sql, filter)}
      ) as distinct_logins
    ) as seen
    left join lateral (select number from ${sql(table)} as held where held.${sql(id)} = seen.id offset 0) as known on true`
  members.addNumbers(bytesOf(row?.numbers))
  return row?.unknown ?? 0
}

/** Reads the ids of batches that are not indexed yet and have events in the ranges, in order. */
async function unindexedBatches(sql: Sql, ranges: readonly TimeBucket[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    /* unindexedBatches */
    select batch_id::text as id
    from (select batch_id from pending_commit_rollup union select batch_id from unindexed_batch) as waiting
    cross join lateral (select first_event_at, last_event_at from batch where id = batch_id offset 0) as ledger
    where ${either(
      sql,
      ranges.map(
        ({ fromMs, toMs }) =>
          sql`(first_event_at < ${new Date(toMs)} and last_event_at >= ${new Date(fromMs)})`,
      ),
    )}
    order by batch_id`
  return rows.map(({ id }) => id)
}
