import { createHash } from 'node:crypto'
import {
  arrayColumns,
  type DimensionName,
  dimensionNames,
  dimensions,
} from '../../domain/counts/dimensions.ts'
import { latenessClasses, delayClasses } from '../../domain/engagement/arrival.ts'
import { usRegionLocales } from '../../domain/fields/us-region.ts'
import type { DayOfLogins } from './history-size.ts'
import { PARTITIONS } from '../topics.ts'

// Statements that make logins and what a worker writes for each. All values are hashes of the number of the
// login or of its user, so that every fill has the same result.

/** A number from 0 to 1 (not included), always the same one for the integer `of` (in SQL) and `salt`. */
export const chance = (of: string, salt: number): string =>
  `((hashint8extended(${of}, ${salt}) & 4294967295) / 4294967296.0::float8)`

const locales = [...[...usRegionLocales.keys()].filter((state) => state !== 'DC'), 'unknown']

/** The ids of a user by number. */
export const ofUser = (number: string) => ({
  user_id: `md5('user ' || ${number})::uuid::text`,
  device_id: `md5('device ' || ${number})::uuid::text`,
  ip: `inet '11.0.0.0' + (('x' || left(md5('address ' || ${number}), 8))::bit(32)::bigint & 1073741823)`,
})

/**
 * The dimensions of a user by number. Half of the users have the newest version, half of the rest the one
 * before, and so on.
 */
export const dimensionsOfUser = (number: string): Record<Exclude<DimensionName, 'outcome'>, string> => ({
  device_type: `case when ${chance(number, 2)} < 0.02 then 'unknown' when ${chance(number, 2)} < 0.5 then 'android' else 'iOS' end`,
  app_version: `'2.' || 30 - least(floor(-ln(1 - ${chance(number, 3)}) / ln(2)), 5)::integer || '.0'`,
  locale: `('{${locales.join(',')}}'::text[])[1 + floor(${chance(number, 4)} ^ 2 * ${locales.length})::integer]`,
})

type Kind = 'user' | 'device' | 'address'
const hashOf = (kind: Kind, number: number) => createHash('md5').update(`${kind} ${number}`).digest('hex')

/** The id of a user or a device by number, as in ofUser. Those with small numbers log in most often. */
export const memberId = (kind: 'user' | 'device', number: number): string =>
  hashOf(kind, number).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

/** One record in this many offsets of a partition is a reject. */
const OFFSETS_PER_REJECT = 1_000

/**
 * The id of the batch that holds the records of a partition in one minute.
 * @param minute minutes since 1970-01-01
 */
export const batchId = (minute: number, partition: number): string => String(minute * PARTITIONS + partition)

/**
 * Makes a day's records as a temporary table `arrived`, numbered by arrival: more by day than by night, one
 * in a hundred up to an hour late. `is_login` tells logins from rejects.
 */
export const arrivalsOfDay = (
  { day, first, logins }: DayOfLogins,
  users: number,
  firstDay: string,
): string => `
  create temporary table arrived on commit drop as
  select *, date_trunc('minute', arrived_at) + interval '59.999999 seconds' as counted_at,
         floor(extract(epoch from arrived_at) / 60)::bigint * ${PARTITIONS} + partition as batch_id,
         greatest(date_trunc('second', arrived_at - make_interval(secs => late_seconds)), timestamptz '${firstDay}Z') as event_at
  from (
    select number, (number % ${PARTITIONS})::integer as partition, number / ${PARTITIONS} as kafka_offset,
           number / ${PARTITIONS} % ${OFFSETS_PER_REJECT} < ${OFFSETS_PER_REJECT - 1} as is_login,
           floor(${chance('number', 5)} ^ 2 * ${users})::bigint as user_number,
           case when ${chance('number', 6)} < 0.01 then 3600 else 3 end * ${chance('number', 7)} as late_seconds,
           case when ${chance('number', 8)} < 0.9 then 'success' when ${chance('number', 8)} < 0.98 then 'failure'
                else 'unknown' end as outcome,
           timestamptz '${day}Z' + interval '1 day' * (share - 0.1 * sin(2 * pi() * share)) as arrived_at
    from (select number, (number - ${first}) / ${logins}::float8 as share
          from generate_series(${first}::bigint, ${first + logins - 1}) as number) as numbered
  ) as arriving`

const user = ofUser('user_number')
/** The dimensions of a row of `arrived`. */
export const valueOf: Record<DimensionName, string> = {
  ...dimensionsOfUser('user_number'),
  outcome: 'outcome',
}
const valuesOfRow = dimensionNames.map((name) => `${valueOf[name]} as ${name}`).join(', ')

export const rowsInto = (table: 'login' | 'late_login'): string => `
  insert into ${table} (event_at, user_id, device_id, ip, ip_scope, locale_kind, ${dimensionNames.join(', ')},
                     kafka_partition, kafka_offset, batch_id)
  select event_at, ${user.user_id}, ${user.device_id}, ${user.ip}, 'public', 'us_state',
         ${valuesOfRow}, partition, kafka_offset, batch_id
  from arrived where is_login order by number`

export const ledgerRows = (topic: string): string => `
  insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                     first_event_at, last_event_at, processed_at, committed_at, code_version)
  select batch_id, '${topic}', partition, min(kafka_offset), max(kafka_offset) + 1, 'committed',
         count(*) filter (where is_login), count(*) filter (where not is_login), 0, count(*) filter (where is_login),
         min(event_at) filter (where is_login), max(event_at) filter (where is_login),
         counted_at, counted_at, 'bench'
  from arrived group by batch_id, partition, counted_at order by counted_at, partition`

export const rejectRows = (topic: string): string => `
  insert into rejected_login (topic, partition, kafka_offset, batch_id, reason, detail, value, headers, record_timestamp, rejected_at)
  select '${topic}', partition, kafka_offset, batch_id,
         (array['not_json', 'user_id_missing', 'timestamp_invalid', 'ip_invalid'])[1 + floor(${chance('number', 9)} * 4)::integer],
         'made by a benchmark', convert_to('no login ' || number, 'UTF8'), '[]',
         (extract(epoch from arrived_at) * 1000)::bigint, counted_at
  from arrived where not is_login order by number`

/** Counts logins by class of a duration in seconds. */
const classes = (all: readonly { upToMs: number }[], seconds: string) =>
  `array[${all
    .map(({ upToMs }, i) => {
      const above = i === 0 ? '' : `${seconds} > ${(all[i - 1]?.upToMs ?? 0) / 1000}`
      const upTo = upToMs === Infinity ? '' : `${seconds} <= ${upToMs / 1000}`
      return `count(*) filter (where ${[above, upTo].filter((part) => part !== '').join(' and ')})`
    })
    .join(', ')}]`
const arrivals = `
  count(*) filter (where late_seconds > 3), ${classes(latenessClasses, 'late_seconds')},
  ${classes(delayClasses, '0.2')}`

export const deltaRows = `
  insert into login_count_delta (batch_id, revision, buckets, ${arrayColumns}, logins,
                                 counted_at, out_of_order, lateness, delays)
  select batch_id, 0, buckets, ${arrayColumns}, entries, counted_at, out_of_order, lateness, delays
  from (
    select batch_id, array_agg(bucket) as buckets,
           ${dimensions.map(({ name, arrayColumn }) => `array_agg(${name}) as ${arrayColumn}`).join(', ')},
           array_agg(logins) as entries
    from (
      select batch_id, date_trunc('minute', event_at) as bucket, ${valuesOfRow}, count(*) as logins
      from arrived where is_login group by batch_id, bucket, ${dimensionNames.join(', ')}
    ) as entry group by batch_id
  ) as delta
  join (
    select batch_id, counted_at, ${arrivals} from arrived where is_login group by 1, 2
  ) as arrival (batch_id, counted_at, out_of_order, lateness, delays) using (batch_id)
  order by batch_id`

/** What commits leave to be rolled up by commit time. */
export const pendingCommitRollups =
  'insert into pending_commit_rollup select batch_id, revision from login_count_delta'

export const arrivalRows = `
  insert into arrival_count (quarter, out_of_order, lateness, delays)
  select date_bin('15 minutes', counted_at, '2000-01-01Z'), ${arrivals}
  from arrived where is_login group by 1`

const INSIGHT_SIZE = 100

/** Makes an insight for every hundred offsets of a partition. Their bodies are almost the same. */
export const insightRows = (topic: string): string => `
  insert into insight (topic, partition, first_offset, last_offset, batch_id, body)
  select '${topic}', partition, kafka_offset - ${INSIGHT_SIZE - 1}, kafka_offset, batch_id, json_build_object(
           'type', 'insight', 'batch_size', ${INSIGHT_SIZE}, 'start_time', extract(epoch from event_at)::bigint,
           'end_time', extract(epoch from arrived_at)::bigint,
           'device_type_aggregation', json_build_object('iOS', 50, 'android', 48, 'unknown', 2),
           'top_10_locations', (select json_agg(json_build_object('locale', locale, 'logins', 9))
                                from unnest('{${locales.slice(0, 10).join(',')}}'::text[]) as locale),
           'bottom_5_locations', json_build_array(json_build_object('locale', 'WY', 'logins', 1)),
           'top_5_users', json_build_array(json_build_object('user_id', ${user.user_id}, 'logins', 2)))
  from arrived where kafka_offset % ${INSIGHT_SIZE} = ${INSIGHT_SIZE - 2} and kafka_offset >= ${INSIGHT_SIZE}`
