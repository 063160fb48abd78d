import type { Sql } from '../../../db/connection/connect.ts'
import { dimensionColumns, joinEntries } from '../../../db/rollups/dimension-columns.ts'
import { ALL_DIMENSIONS, dimensionBit } from '../../../domain/counts/counts.ts'
import { arrayColumns, dimensions } from '../../../domain/counts/dimensions.ts'
import type { GroundTruth } from '../../../generator/ground-truth.ts'
import { compareEngagement } from './compare-engagement.ts'
import { compareAllIndexed } from './compare-indexed.ts'
import { compareTallies, type Difference, sumTally, tally, type Tally } from './difference.ts'
import {
  bucketOf,
  bucketSizes,
  countName,
  expectedCounts,
  type BucketName,
  type CountName,
} from './expected-counts.ts'

/** Where Postgres differs from the books: counts, deltas, rows, engagement, logins by hour, rejects and the ledger. */
export async function comparePostgres(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const differences = [
    ...(await compareCounts(sql, truth)),
    ...(await compareLedger(sql, truth)),
    ...(await compareArrivals(sql, truth)),
    ...(await compareEngagement(sql, truth)),
    // After engagement, which waits until everybody has a number.
    ...(await compareAllIndexed(sql)),
    ...(await compareRejects(sql, truth)),
  ]
  return differences
}

/** Each dimension by the name of its field. */
const values = dimensions.map(({ name, field }) => `added.${name} as "${field}"`).join(', ')

type CountRow = Omit<CountName, 'bucket'> & { bucket: Date; logins: number }

async function compareCounts(sql: Sql, truth: GroundTruth): Promise<Difference[]> {
  const deltas = await sql<CountRow[]>`
    select added.bucket, ${sql.unsafe(values)}, added.logins::integer
    from login_count_delta as delta ${sql.unsafe(joinEntries('delta', 'bucket'))}`
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
    ...(await compareMonths(sql)),
    ...compareTallies('written_count', expectedCounts(truth, 'quarter'), await readWritten(sql)),
  ]
}

/** Months that are made with their hours. */
async function compareMonths(sql: Sql): Promise<Difference[]> {
  const sums = async (from: string) => {
    const rows = await sql<{ name: string; logins: number }[]>`
      select concat_ws(' ', month, dimension_set, ${sql.unsafe(dimensionColumns)}) as name, sum(logins)::integer as logins
      from (${sql.unsafe(from)}) as counts join rolled_up_month using (month) group by 1`
    return sumTally(rows.map(({ name, logins }) => [name, logins]))
  }
  const hours = `select *, date_trunc('month', day, 'UTC') as month from hour_count_entry`
  return compareTallies('month_count', await sums(hours), await sums('select * from month_count'))
}

/** What is rolled up by when it was written, and what waits for it. */
async function readWritten(sql: Sql): Promise<Tally> {
  const rows = await sql<CountRow[]>`
    select added.bucket, ${sql.unsafe(values)}, added.logins::integer
    from (
      select quarters as buckets, ${sql.unsafe(arrayColumns)}, logins from written_count where minutes = 5
      union all
      select buckets, ${sql.unsafe(arrayColumns)}, logins
      from login_count_delta join pending_commit_rollup using (batch_id, revision)
    ) as held
    ${sql.unsafe(joinEntries('held', 'bucket'))}`
  return countTally(rows, 'quarter')
}

/** Rolled up and not rolled up yet. */
async function readCounts(sql: Sql, size: BucketName): Promise<Tally> {
  const rows = await sql<CountRow[]>`
    select bucket, ${sql.unsafe(values)}, logins::integer
    from (
      select bucket, ${sql.unsafe(dimensionColumns)}, logins from ${sql(`${size}_count_entry`)}
      where dimension_set = ${ALL_DIMENSIONS}::smallint
      union all
      select bucket, ${sql.unsafe(dimensionColumns)}, logins from login_count_pending
    ) as added`
  return countTally(rows, size)
}

/** The dimensions of a set, as bits, in the order of the values of a count. */
const bits = Object.values(dimensionBit)
const setsOfSize = (sizes: readonly number[]) =>
  Array.from({ length: ALL_DIMENSIONS }, (_, set) => set).filter((set) =>
    sizes.includes(bits.filter((bit) => (set & bit) !== 0).length),
  )
const fewerSets = setsOfSize([0, 1, 2])
/** Sets that have failures alone. */
const failureSets = setsOfSize([3]).filter((set) => (set & dimensionBit.outcome) !== 0)

const sumName = (bucket: string, set: number, values: readonly string[]): string =>
  JSON.stringify([
    bucket,
    set,
    ...values.map((value, place) => ((set & (bits[place] ?? 0)) === 0 ? '' : value)),
  ])

function expectedSums(counts: Tally): Tally {
  const sums = [...counts].flatMap(([name, logins]) => {
    const [bucket = '', ...values] = JSON.parse(name) as string[]
    const sets = values.includes('failure') ? [...fewerSets, ...failureSets] : fewerSets
    return sets.map((set): [string, number] => [sumName(bucket, set, values), Number(logins)])
  })
  return sumTally(sums)
}

async function readSums(sql: Sql, size: BucketName): Promise<Tally> {
  const rows = await sql<{ bucket: Date; set: number; values: string[]; logins: number }[]>`
    select bucket, dimension_set::integer as set, array[${sql.unsafe(dimensionColumns)}] as values,
           logins::integer
    from ${sql(`${size}_count_entry`)} where dimension_set <> ${ALL_DIMENSIONS}::smallint
    union all
    select bucket, kept, array[${sql.unsafe(dimensionColumns)}], logins::integer
    from login_count_pending cross join unnest(${[...fewerSets, ...failureSets]}::integer[]) as sets (kept)
    where outcome = 'failure' or kept <> all(${failureSets}::integer[])`
  return sumTally(
    rows.map(({ bucket, set, values, logins }) => [sumName(bucketOf(bucket, size), set, values), logins]),
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
      select lateness, delays from arrival_count union all select lateness, delays from arrival_pending
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
