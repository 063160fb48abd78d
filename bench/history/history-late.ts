import { facets } from '../../domain/counts/dimensions.ts'
import { PARTITIONS } from '../topics.ts'
import { arrivalRows, chance, deltaRows, ledgerRows, ofUser, rowsInto, valueOf } from './history-logins.ts'
import { dayBeforeEnd, HISTORY_END_MS, rowDays, type HistorySize } from './history-size.ts'

// Statements that make logins which came late, by up to the whole history, and what a worker writes for them. They are a batch
// after all others, and wait for upkeep.

/** One late login for so many that are kept as rows. */
const LOGINS_PER_LATE = 2_000
const FEWEST = 100
const DAY_S = 86_400

export const lateCount = ({ logins }: HistorySize): number =>
  Math.max(FEWEST, Math.round(logins / LOGINS_PER_LATE))

/** Run them in one transaction, on a history of more days than have rows. */
export const lateLogins = (topic: string, size: HistorySize): string[] => [
  lateArrivals(size),
  ledgerRows(topic),
  'update batch set login_rows = 0 where id in (select batch_id from arrived)',
  deltaRows,
  arrivalRows,
  rowsInto('late_login'),
  sightings,
  `insert into pending_rollup (batch_id, revision, topic) select distinct batch_id, 0, '${topic}' from arrived`,
  'insert into pending_commit_rollup (batch_id, revision) select distinct batch_id, 0 from arrived',
  `update partition_checkpoint as held
   set next_offset = batch.to_offset, published_offset = batch.to_offset, logins = held.logins + batch.logins
   from batch where batch.id in (select batch_id from arrived) and held.partition = batch.partition`,
]

/** The table `arrived` of history-logins.ts: of one partition, behind what it has, in the minute after the history. */
function lateArrivals(size: HistorySize): string {
  const firstOffset = Math.ceil(size.logins / PARTITIONS)
  const seconds = (size.days - rowDays(size)) * DAY_S
  const rowsFrom = `timestamptz '${dayBeforeEnd(rowDays(size))}Z'`
  return `
    create temporary table arrived on commit drop as
    select *, arrived_at + interval '59.999999 seconds' as counted_at,
           floor(extract(epoch from arrived_at) / 60)::bigint * ${PARTITIONS} as batch_id,
           extract(epoch from arrived_at - event_at)::float8 as late_seconds
    from (
      select number, 0 as partition, number as kafka_offset, true as is_login,
             floor(${chance('number', 12)} * ${size.users})::bigint as user_number,
             case when ${chance('number', 8)} < 0.9 then 'success' else 'failure' end as outcome,
             timestamptz '${new Date(HISTORY_END_MS).toISOString()}' as arrived_at,
             ${rowsFrom} - make_interval(secs => 1 + floor(${chance('number', 13)} * ${seconds - 1})) as event_at
      from generate_series(${firstOffset}::bigint, ${firstOffset + lateCount(size) - 1}) as number
    ) as arriving`
}

const { user_id, device_id, ip } = ofUser('user_number')

/** As domain/sightings/sighting.ts has them. */
const sightings = `
  insert into sighting_delta (batch_id, revision, entries, sightings)
  select batch_id, 0, sum(ids), json_agg(sighting)
  from (
    select batch_id, count(distinct id) as ids,
           json_build_object('kind', kind, 'day', day, 'attempts', attempts, 'values', of, 'ids', json_agg(distinct id)) as sighting
    from (select *, (event_at at time zone 'UTC')::date - date '1970-01-01' as day,
                 case outcome when 'failure' then 'failures' else 'logins' end as attempts from arrived) as arrived,
    lateral (values ('user', ${user_id}, jsonb_build_array(${facets.map(({ name }) => valueOf[name]).join(', ')})),
                    ('device', ${device_id}, null), ('address', host(${ip}), null)) as seen (kind, id, of)
    group by batch_id, kind, day, attempts, of
  ) as named
  group by batch_id`
