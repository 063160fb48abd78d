import { expect } from 'vitest'
import type { Sql } from '../../../db/connection/connect.ts'
import { facets } from '../../../domain/counts/dimensions.ts'
import type { GroundTruth } from '../../../generator/ground-truth.ts'
import { compareTallies, type Difference, tally } from './difference.ts'
import { eventually } from '../eventually.ts'

/** Upkeep rests up to 30 s after each of its five tasks where the machine is slow (worker/upkeep.ts). */
const ROLLED_UP_WITHIN_MS = 240_000

/**
 * Where the bitmaps of engagement differ from the books (users by day, their first days), from each other (weeks and months
 * against days), and from the rows of logins (devices, addresses, dimensions). Waits until sightings are rolled up.
 */
export async function compareEngagement(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  await eventually(async () => {
    const [left] = await sql<{ batches: number }[]>`select count(*)::integer as batches from sighting_delta`
    expect(left?.batches).toBe(0)
  }, ROLLED_UP_WITHIN_MS)
  return [...(await compareUsers(sql, truth)), ...(await comparePeriods(sql)), ...(await compareRows(sql))]
}

async function compareUsers(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const expected = truth
    .usersPerDay()
    .flatMap(([day]) => Array.from(truth.usersOf(day), (user) => ({ day, user })))
  const first = Map.groupBy(expected, ({ user }) => user)
  const spans = await sql<{ user: string; day: string }[]>`
    select user_id as user, first_day::text as day from app_user`
  const named = Array.from(first, ([user, days]) => `${days[0]?.day ?? ''} ${user}`)
  return [
    ...compareTallies(
      'users by day',
      tally(expected.map(({ day, user }) => `${day} ${user}`)),
      tally(await members(sql, 'all')),
    ),
    ...compareTallies('users by first day', tally(named), tally(await members(sql, 'first'))),
    ...compareTallies('app_user', tally(named), tally(spans.map(({ user, day }) => `${day} ${user}`))),
  ]
}

async function members(sql: Sql, facet: 'all' | 'first'): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select concat(start, ' ', user_id) as name
    from engagement join app_user on number / 32768 = chunk and get_bit(members, number % 32768) = 1
    where kind = 'user' and period = 'day' and facet = ${facet}::text::engagement_facet`
  return rows.map(({ name }) => name)
}

/** Each week and month is the union of its days. */
async function comparePeriods(sql: Sql): Promise<Difference[]> {
  const rows = await sql<{ what: string; expected: string; found: string }[]>`
    with longer as (select * from engagement where period <> 'day'),
    days as (
      select kind, size::engagement_period as period, facet, value, date_trunc(size, start)::date as start, chunk,
             bit_or(members) as members
      from engagement, unnest(array['week', 'month']) as size
      where period = 'day' group by kind, size, facet, value, date_trunc(size, start), chunk
    )
    select concat_ws(' ', kind, period, facet, value, start, chunk) as what, bit_count(days.members)::text as expected,
           bit_count(longer.members)::text as found
    from longer full join days using (kind, period, facet, value, start, chunk)
    where longer.members is distinct from days.members`
  return rows.map((row) => ({ where: 'engagement', ...row }))
}

/** Nothing to compare with unless every login has its row. */
async function compareRows(sql: Sql): Promise<Difference[]> {
  const [kept] = await sql<{ all: boolean }[]>`
    select (select count(*) from login) = (select sum(logins) from batch) as all`
  if (kept?.all !== true) return []
  const found = await sql<{ name: string }[]>`
    with dictionary as (
      select 'user'::engagement_kind as kind, user_id as id, number from app_user
      union all select 'device', device_id, number from device
      union all select 'address', ip, number from address
    )
    select concat_ws(' ', kind, start, facet, value, id) as name
    from engagement join dictionary using (kind)
    where period = 'day' and facet <> 'first' and number / 32768 = chunk and get_bit(members, number % 32768) = 1`
  const expected = await sql<{ name: string }[]>`
    select distinct concat_ws(' ', kind, event_at::date, facet, value, id) as name
    from login, lateral (values
      ('user', 'all', '', user_id), ('device', 'all', '', device_id), ('address', 'all', '', host(ip)),
      ${sql.unsafe(facets.map(({ name }) => `('user', '${name}', ${name}, user_id)`).join(', '))}) as seen (kind, facet, value, id)`
  const tallied = (rows: readonly { name: string }[]) => tally(rows.map(({ name }) => name))
  return compareTallies('engagement and login rows', tallied(expected), tallied(found))
}
