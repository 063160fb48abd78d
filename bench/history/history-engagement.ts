import { CHUNK_BITS } from '../../domain/engagement/bitmap.ts'
import type { AttemptHalf } from '../../domain/sightings/attempts.ts'
import { chance, dimensionsOfUser, ofUser } from './history-logins.ts'
import { dayBeforeEnd, type HistorySize } from './history-size.ts'

// Statements that make users, devices and addresses, and the bitmaps of who was active. Numbers follow the
// order of first days, as those of a rollup do. Who is active on a day is drawn at random, not taken from the
// logins: an eighth of the users known by then.

const none = `repeat('0', ${CHUNK_BITS})::bit(${CHUNK_BITS})`
/** A bitmap of the members of a chunk whose number is below `number`. */
const below = (number: string) =>
  `rpad(repeat('1', least(greatest(${number} - chunk * ${CHUNK_BITS}, 0), ${CHUNK_BITS})::integer), ${CHUNK_BITS}, '0')::bit(${CHUNK_BITS})`
/** A bitmap of half of the members of a chunk, drawn by `seed`: 256 hashes of 128 bits. */
const half = (seed: string) =>
  `('x' || (select string_agg(md5(${seed} || ' ' || part), '') from generate_series(1, ${CHUNK_BITS / 128}) as part))::bit(${CHUNK_BITS})`

const chunks = ({ users }: HistorySize) => Math.ceil(users / CHUNK_BITS)

/** The number of users known `ageInDays` days before the end of the history. */
const known = ({ users, days }: HistorySize, ageInDays: string) =>
  `ceil(${users}::float8 * (${days} - ${ageInDays}) / ${days})::integer`

const member = ofUser('number')

export const idTables = (size: HistorySize): string[] => [
  ...(['user', 'device', 'address'] as const).map((kind) => {
    const { table, id, value } = {
      user: { table: 'app_user', id: 'user_id', value: member.user_id },
      device: { table: 'device', id: 'device_id', value: member.device_id },
      address: { table: 'address', id: 'ip', value: `host(${member.ip})` },
    }[kind]
    return `
      insert into ${table} (${id}, number, first_login_day)
      select ${value}, number, date '${dayBeforeEnd(size.days)}' + floor(number * ${size.days}::float8 / ${size.users})::integer
      from generate_series(0, ${size.users - 1}) as number
      on conflict do nothing`
  }),
  `update engagement_kind_size set members = ${size.users}`,
]

/** Makes the bitmaps of a day: of all active users, who all logged in, and of those whose first day it is. */
export const engagementOfDay = (size: HistorySize, age: number): string => `
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members)
  select 'user', 'day', facet, attempts, '', date '${dayBeforeEnd(age)}', chunk, members
  from (
    select chunk, ${below(known(size, String(age - 1)))} & ~ ${below(known(size, String(age)))} as come,
           ${below(known(size, String(age - 1)))}
             & ${half(`chunk || ' ${age} a'`)} & ${half(`chunk || ' ${age} b'`)} & ${half(`chunk || ' ${age} c'`)} as drawn
    from generate_series(0, ${chunks(size) - 1}) as chunk
  ) as day,
  lateral (
    values ('all'::engagement_facet, 'logins'::engagement_attempts, drawn | come), ('first', 'logins', come), ('first', 'all', come)
  ) as facets (facet, attempts, members)
  where bit_count(members) > 0`

export const engagementOfPeriod = (period: 'week' | 'month'): string => `
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members)
  select kind, '${period}', facet, attempts, value, date_trunc('${period}', start)::date as first, chunk, bit_or(members)
  from engagement where period = 'day'
  group by kind, facet, attempts, value, first, chunk`

/** Copies the bitmaps of users to devices and addresses: every user has one of each. */
export const engagementOfOthers = `
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members)
  select other, period, facet, attempts, value, start, chunk, members
  from engagement, unnest('{device,address}'::engagement_kind[]) as other
  where kind = 'user'`

/** Three in ten users fail, too, on every day on which they log in. */
const ifFails = (value: string) => `case when ${chance('number', 10)} < 0.3 then ${value} end`
const masked = (facet: string, attempts: AttemptHalf, value: string) =>
  `('${facet}'::engagement_facet, '${attempts}'::engagement_attempts, ${value})`
const valuesOfMember = [
  masked('all', 'failures', ifFails(`''`)),
  masked('outcome', 'logins', `'success'`),
  masked('outcome', 'failures', ifFails(`'failure'`)),
  ...Object.entries(dimensionsOfUser('number')).flatMap(([facet, value]) => [
    masked(facet, 'logins', value),
    masked(facet, 'failures', ifFails(value)),
  ]),
]

/** Makes a temporary table `mask` with bitmaps of the users that log in, or fail, with a value of a dimension. */
export const masks = ({ users }: HistorySize): string => `
  create temporary table mask on commit drop as
  select facet, attempts, value, number / ${CHUNK_BITS} as chunk, bit_or(set_bit(${none}, number % ${CHUNK_BITS}, 1)) as members
  from generate_series(0, ${users - 1}) as number,
  lateral (values ${valuesOfMember.join(', ')}) as has (facet, attempts, value)
  where value is not null
  group by facet, attempts, value, chunk`

/** Makes the bitmaps of failures, and those by value of each dimension, for the periods that began on a day. */
export const engagementByValue = (day: string): string => `
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members)
  select 'user', period, mask.facet, mask.attempts, mask.value, start, chunk, engagement.members & mask.members
  from engagement join mask using (chunk)
  where engagement.kind = 'user' and engagement.facet = 'all' and engagement.attempts = 'logins' and start = '${day}'
    and bit_count(engagement.members & mask.members) > 0`
