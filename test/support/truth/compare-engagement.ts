import { expect } from 'vitest'
import { rollUpSightings } from '../../../db/rollups/roll-up-sightings.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { attemptChoices, attemptHalves, type AttemptKind } from '../../../domain/sightings/attempts.ts'
import { facets } from '../../../domain/counts/dimensions.ts'
import type { GroundTruth } from '../../../generator/ground-truth.ts'
import { compareTallies, type Difference, tally } from './difference.ts'
import { eventually } from '../eventually.ts'

/**
 * Where the bitmaps of engagement differ from the books (users by day, their first days), from each other (weeks and months
 * against days), and from the rows of logins (devices, addresses, dimensions). Rolls up what waits, in place of a worker, which
 * rests between its tasks.
 */
export async function compareEngagement(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  // A worker may have the turn, or an open transaction.
  await eventually(async () => {
    while ((await rollUpSightings(sql)) > 0);
    expect(await sql`select from sighting_delta`).toHaveLength(0)
  })
  return [...(await compareUsers(sql, truth)), ...(await comparePeriods(sql)), ...(await compareRows(sql))]
}

/** Users by day, and first days: of logins, of failures and of both. */
async function compareUsers(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const seen = attemptHalves.flatMap((attempts) =>
    truth
      .usersPerDay()
      .flatMap(([day]) => Array.from(truth.usersOf(day, attempts), (user) => ({ attempts, day, user }))),
  )
  const first = (attempts: AttemptKind) => {
    const days = seen.filter((one) => attempts === 'all' || one.attempts === attempts)
    const byUser = Map.groupBy(days, ({ user }) => user)
    return Array.from(
      byUser,
      ([user, of]) => `${attempts} ${of.map(({ day }) => day).sort()[0] ?? ''} ${user}`,
    )
  }
  const known = await sql<{ name: string }[]>`
    select concat_ws(' ', attempts, day, user_id) as name
    from app_user,
    lateral (values ('logins', first_login_day), ('failures', first_failure_day)) as held (attempts, day) where day is not null`
  return [
    ...compareTallies(
      'users by day',
      tally(seen.map(({ attempts, day, user }) => `${attempts} ${day} ${user}`)),
      tally(await members(sql, 'all')),
    ),
    ...compareTallies(
      'users by first day',
      tally(attemptChoices.flatMap(first)),
      tally(await members(sql, 'first')),
    ),
    ...compareTallies('app_user', tally(attemptHalves.flatMap(first)), tally(known.map(({ name }) => name))),
  ]
}

async function members(sql: Sql, facet: 'all' | 'first'): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select concat_ws(' ', attempts, start, user_id) as name
    from engagement join app_user on number / 32768 = chunk and get_bit(members, number % 32768) = 1
    where kind = 'user' and period = 'day' and facet = ${facet}::text::engagement_facet`
  return rows.map(({ name }) => name)
}

/** Each week and month is the union of its days. */
async function comparePeriods(sql: Sql): Promise<Difference[]> {
  const rows = await sql<{ what: string; expected: string; found: string }[]>`
    with longer as (select * from engagement where period <> 'day'),
    days as (
      select kind, size::engagement_period as period, facet, attempts, value, date_trunc(size, start)::date as start, chunk,
             bit_or(members) as members
      from engagement, unnest(array['week', 'month']) as size
      where period = 'day' group by kind, size, facet, attempts, value, date_trunc(size, start), chunk
    )
    select concat_ws(' ', kind, period, facet, attempts, value, start, chunk) as what, bit_count(days.members)::text as expected,
           bit_count(longer.members)::text as found
    from longer full join days using (kind, period, facet, attempts, value, start, chunk)
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
    select concat_ws(' ', kind, start, facet, attempts, value, id) as name
    from engagement join dictionary using (kind)
    where period = 'day' and facet <> 'first' and number / 32768 = chunk and get_bit(members, number % 32768) = 1`
  const expected = await sql<{ name: string }[]>`
    select distinct concat_ws(' ', kind, event_at::date, facet, case outcome when 'failure' then 'failures' else 'logins' end,
                              value, id) as name
    from login, lateral (values
      ('user', 'all', '', user_id), ('device', 'all', '', device_id), ('address', 'all', '', host(ip)),
      ${sql.unsafe(facets.map(({ name }) => `('user', '${name}', ${name}, user_id)`).join(', '))}) as seen (kind, facet, value, id)`
  const tallied = (rows: readonly { name: string }[]) => tally(rows.map(({ name }) => name))
  return compareTallies('engagement and login rows', tallied(expected), tallied(found))
}
