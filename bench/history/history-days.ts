import { CHUNK_BITS } from '../../domain/engagement/bitmap.ts'
import { dimensionNames, facets } from '../../domain/counts/dimensions.ts'
import { IS_FAILURE } from '../../db/rollups/dimension-sets.ts'
import { olderVersion, REPEATED_DAYS } from './history-counts.ts'
import { knownMembers } from './history-engagement.ts'
import { dayBeforeEnd, rowDays, type HistorySize } from './history-size.ts'

// Statements that make the lists by hour and the bitmaps of a day of the same attempts: those of its rows, or of a day with rows
// some times four weeks later, with older versions, and with other users in place of those who are not known by then. Run those of
// the oldest day first.

const key = dimensionNames.join(', ')
const none = `repeat('0', ${CHUNK_BITS})::bit(${CHUNK_BITS})`
const HALF = `case when ${IS_FAILURE} then 'failures' else 'logins' end::engagement_attempts`

/** Makes a table of all attempts that have rows, with the numbers of users, devices and addresses. */
export const listedRows = `
  create unlogged table listed as
  select date_trunc('hour', event_at, 'UTC') as hour, extract(minute from event_at)::integer as minute, ${key},
         app_user.number as "user", device.number as device, address.number as address
  from login join app_user using (user_id) join device using (device_id) join address on address.ip = host(login.ip);
  create index on listed (hour);
  create unlogged table of_day as select *, ${HALF} as half from listed limit 0;
  create unlogged table ever (kind engagement_kind, attempts engagement_attempts, chunk integer, members bit(${CHUNK_BITS}));
  analyze listed`

export const removeListed = 'drop table listed, of_day, ever'

/** Whether a day, by how many days before the end it begins, has rows. */
const hasRows = (size: HistorySize, age: number): boolean => age <= rowDays(size)

/** Puts the attempts of a day into the table of_day. */
export function attemptsOfDay(size: HistorySize, age: number): string {
  const times = hasRows(size, age) ? 0 : Math.floor((age - 1) / REPEATED_DAYS)
  const known = knownMembers(size, hasRows(size, age) ? 0 : age - 1)
  const columns = dimensionNames.map((name) => (name === 'app_version' ? olderVersion(times) : name))
  const numbers = ['"user"', 'device', 'address'].map((name) => `${name} % ${known}`)
  const day = dayBeforeEnd(age - times * REPEATED_DAYS)
  return `
    truncate of_day;
    insert into of_day
    select hour - interval '${times * REPEATED_DAYS} days', minute, ${columns.join(', ')}, ${numbers.join(', ')}, ${HALF}
    from listed where hour >= timestamptz '${day}Z' and hour < timestamptz '${day}Z' + interval '1 day'`
}

/** Lists the attempts of a day without rows by hour; those of rows are indexed as workers do it. */
export const listsOfDay = (size: HistorySize, age: number): string =>
  hasRows(size, age)
    ? 'select'
    : `
  insert into hour_login (hour, ${key}, minutes, users, devices, addresses)
  select hour, ${key}, string_agg(set_byte('\\x00', 0, minute), ''::bytea), string_agg(int4send("user"), ''::bytea),
         string_agg(int4send(device), ''::bytea), string_agg(int4send(address), ''::bytea)
  from of_day group by hour, ${key}`

const members = [
  ...(['user', 'device', 'address'] as const).map((kind) => `('${kind}', 'all', '', "${kind}")`),
  ...facets.map(({ name }) => `('user', '${name}', ${name}, "user")`),
]

/** Makes the bitmaps of a day: of who was active, by half of the attempts and by value, and of those whose first day it is. */
export const bitmapsOfDay = (age: number): string => `
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members)
  select kind, 'day', facet, half, value, '${dayBeforeEnd(age)}', number / ${CHUNK_BITS},
         bit_or(set_bit(${none}, number % ${CHUNK_BITS}, 1))
  from (
    select distinct kind::engagement_kind, facet::engagement_facet, half, value, number
    from of_day, lateral (values ${members.join(', ')}) as seen (kind, facet, value, number)
  ) as active
  group by kind, facet, half, value, number / ${CHUNK_BITS};
  with today as materialized (
    select kind, attempts, chunk, members from engagement
    where period = 'day' and facet = 'all' and start = '${dayBeforeEnd(age)}'
  ), come as materialized (
    select kind, attempts, chunk, today.members & ~coalesce(ever.members, ${none}) as members
    from (
      select * from today
      union all select kind, 'all', chunk, bit_or(members) from today group by kind, chunk
    ) as today
    left join ever using (kind, attempts, chunk)
  ), changed as (
    update ever set members = ever.members | come.members from come
    where ever.kind = come.kind and ever.attempts = come.attempts and ever.chunk = come.chunk
    returning ever.kind, ever.attempts, ever.chunk
  ), added as (
    insert into ever select * from come where (kind, attempts, chunk) not in (select kind, attempts, chunk from changed)
  )
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members)
  select kind, 'day', 'first', attempts, '', '${dayBeforeEnd(age)}', chunk, members from come where bit_count(members) > 0`

/** Notes the quarter of an hour of the first login of those users whose first day it is. */
export const firstLoginsOfDay = (age: number): string => `
  with first as (
    select "user", min(hour + make_interval(mins => minute - minute % 15)) as quarter
    from of_day
    join engagement on kind = 'user' and period = 'day' and facet = 'first' and attempts = 'logins'
      and start = '${dayBeforeEnd(age)}' and chunk = "user" / ${CHUNK_BITS}
    where half = 'logins' and get_bit(members, "user" % ${CHUNK_BITS}) = 1
    group by "user"
  ), noted as (
    insert into first_seen (quarter, users)
    select quarter, string_agg(int4send("user"), ''::bytea order by "user") from first group by quarter
  )
  update app_user set first_login_at = quarter from first where number = "user"`
