import type { Sql } from '../db/connect.ts'
import type { GroundTruth } from '../generator/ground-truth.ts'
import { compareActivity } from './compare-activity.ts'
import { compareTallies, type Difference, sumTally, tally, type Tally } from './difference.ts'
import {
  bucketOf,
  bucketSizes,
  countName,
  expectedCounts,
  type BucketName,
  type CountName,
} from './expected-counts.ts'

/** Where Postgres differs from the books: counts, deltas, rows, activity, rejects and the ledger. */
export async function comparePostgres(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const differences = [
    ...(await compareCounts(sql, truth)),
    ...(await compareLedger(sql, truth)),
    ...(await compareArrivals(sql, truth)),
    ...(await compareActivity(sql, truth)),
    ...(await compareRejects(sql, truth)),
  ]
  return differences
}

type CountRow = Omit<CountName, 'bucket'> & { bucket: Date; logins: number }

async function compareCounts(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const deltas = await sql<CountRow[]>`
    select bucket, device_type as "deviceType", app_version as "appVersion", locale, outcome, logins::integer
    from login_count_delta_entry`
  const counts = await Promise.all(
    bucketSizes.map(async (size) => [
      ...compareTallies(`${size}_count`, expectedCounts(truth, size), await readCounts(sql, size)),
      ...compareTallies(
        `${size}_count by fewer dimensions`,
        expectedSums(expectedCounts(truth, size)),
        await readSums(sql, size),
      ),
    ]),
  )
  return [
    ...counts.flat(),
    ...compareTallies('login_count_delta', expectedCounts(truth, 'minute'), countTally(deltas, 'minute')),
  ]
}

/** Folded and not folded yet. */
async function readCounts(sql: Sql, size: BucketName): Promise<Tally> {
  const rows = await sql<CountRow[]>`
    select bucket, device_type as "deviceType", app_version as "appVersion", locale, outcome, logins::integer
    from (
      select bucket, device_type, app_version, locale, outcome, logins from ${sql(`${size}_count_entry`)}
      where dimension_set = 15
      union all
      select bucket, device_type, app_version, locale, outcome, logins from login_count_unfolded
    ) as counts`
  return countTally(rows, size)
}

/** A bucket and the only value that it is counted by, or none. */
const sumName = (bucket: string, place: number | null, value = ''): string =>
  JSON.stringify([bucket, place, value])

function expectedSums(counts: Tally): Tally {
  const sums = [...counts].flatMap(([name, logins]) => {
    const [bucket = '', ...values] = JSON.parse(name) as string[]
    const byValue = values.map((value, place): [string, number] => [
      sumName(bucket, place, value),
      Number(logins),
    ])
    return [[sumName(bucket, null), Number(logins)] as [string, number], ...byValue]
  })
  return sumTally(sums)
}

async function readSums(sql: Sql, size: BucketName): Promise<Tally> {
  const values = sql`array[device_type, app_version, locale, outcome]`
  const rows = await sql<{ bucket: Date; place: number | null; value: string; logins: number }[]>`
    select bucket, place::integer, value, logins::integer
    from (
      select bucket, case when dimension_set > 0 then log(2, dimension_set) end as place,
             array_to_string(${values}, '') as value, logins
      from ${sql(`${size}_count_entry`)} where dimension_set <> 15
      union all
      select bucket, kept.place, case when kept.place is null then '' else (${values})[kept.place + 1] end, logins
      from login_count_unfolded cross join unnest(array[null, 0, 1, 2, 3]) as kept (place)
    ) as counts`
  return sumTally(
    rows.map(({ bucket, place, value, logins }) => [sumName(bucketOf(bucket, size), place, value), logins]),
  )
}

const countTally = (rows: readonly CountRow[], size: BucketName): Tally =>
  sumTally(rows.map((row) => [countName({ ...row, bucket: bucketOf(row.bucket, size) }), row.logins]))

async function compareLedger(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const { logins, rejects } = truth.totals()
  const [ledger] = await sql<Record<string, number>[]>`
    select coalesce(sum(logins), 0)::integer as logins, coalesce(sum(rejects), 0)::integer as rejects,
           count(*) filter (where gaps < 0)::integer as "more than there are offsets",
           count(*) filter (where status not in ('committed', 'replayed'))::integer as "not counted"
    from batch`
  const [rows] = await sql<{ expected: number; rows: number; offsets: number }[]>`
    select (select coalesce(sum(login_rows), 0)::integer from batch) as expected,
           count(*)::integer as rows, count(distinct (kafka_partition, kafka_offset))::integer as offsets
    from login`
  const { expected = 0, ...found } = rows ?? {}
  const clean = { 'more than there are offsets': 0, 'not counted': 0 }
  return [
    ...compareTallies('batch', tallyOf({ logins, rejects, ...clean }), tallyOf(ledger ?? {})),
    ...compareTallies('login', tallyOf({ rows: expected, offsets: expected }), tallyOf(found)),
    ...(await findHoles(sql)),
  ]
}

/** Ranges of the ledger that do not begin where the one before ended, and the end that the checkpoint should have. */
async function findHoles(sql: Sql): Promise<Difference[]> {
  const holes = await sql<{ what: string; expected: string; found: string }[]>`
    select concat('partition ', partition, ' batch ', id) as what, previous::text as expected, from_offset::text as found
    from (
      select *, lag(to_offset, 1, 0::bigint)
                  over (partition by topic, partition, incarnation order by from_offset, to_offset) as previous
      from batch
    ) as ranges
    where from_offset <> previous
    union all
    select concat('checkpoint of partition ', partition), coalesce(max(to_offset), 0)::text, next_offset::text
    from partition_checkpoint left join batch using (topic, partition, incarnation)
    group by partition, next_offset
    having coalesce(max(to_offset), 0) <> next_offset`
  return holes.map((hole) => ({ where: 'ledger', ...hole }))
}

/** Each login arrived once, whatever it was late by. */
async function compareArrivals(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const [found] = await sql<{ lateness: number; delays: number }[]>`
    select coalesce(sum((select sum(logins) from unnest(lateness) as logins)), 0)::integer as lateness,
           coalesce(sum((select sum(logins) from unnest(delays) as logins)), 0)::integer as delays
    from (
      select lateness, delays from arrival_count union all select lateness, delays from arrival_unfolded
    ) as arrivals`
  const { logins } = truth.totals()
  return compareTallies('arrival_count', tallyOf({ lateness: logins, delays: logins }), tallyOf(found ?? {}))
}

async function compareRejects(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const rows = await sql<{ reason: string }[]>`select reason from rejected_login where redriven_in is null`
  return compareTallies(
    'rejected_login',
    new Map(truth.rejectsByReason()),
    tally(rows.map(({ reason }) => reason)),
  )
}

const tallyOf = (counts: Record<string, number>): Tally => new Map(Object.entries(counts))
