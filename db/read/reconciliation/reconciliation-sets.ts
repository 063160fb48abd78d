import type { PendingQuery, Row } from 'postgres'
import {
  ALL_DIMENSIONS,
  type CountSize,
  dimensionBit,
  dimensionSets,
  failureSets,
  keptSets,
  slotNames,
} from '../../../domain/counts/counts.ts'
import { openDimensions } from '../../../domain/counts/dimensions.ts'
import { bucketMs } from '../../../domain/time/bucket.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { Difference, DiscrepancyKind } from '../../../domain/pipeline/reconciliation.ts'
import { countTables, slotLogins } from '../../rollups/count-tables.ts'
import { dimensionColumns as names } from '../../rollups/dimension-columns.ts'
import { groupingSets, IS_FAILURE, setOfRow, valuesOfRow } from '../../rollups/dimension-sets.ts'
import { countDifference, type DifferentCount, rowsAt, startsOf } from '../counts/counts-around.ts'
import type { CountsToCompare } from './reconciliation-counts.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** Starts of the rows to compare, and how many differences to return at most. */
type RowsToCompare = { starts: readonly string[]; limit: number }

/** The length of a slot; a row of a month has one slot. */
const slotLength: Record<CountSize, string> = {
  minute: '1 minute',
  quarter: '15 minutes',
  hour: '1 hour',
  month: '1 month',
}

const fewer = (sets: readonly number[]) => sets.filter((set) => set !== ALL_DIMENSIONS)

/** Compares counts by hour, on the days in which the moments lie, with the sums of their quarters. */
export async function compareHoursWithQuarters(
  sql: Sql,
  { moments, limit }: CountsToCompare,
): Promise<Difference[]> {
  const starts = startsOf(moments, bucketMs.day)
  const sumOfHour = (hour: string, i: number) => {
    const quarters = slotNames.quarter.slice(4 * i, 4 * i + 4).map((slot) => slotLogins('quarter', slot))
    return `0::bigint + ${quarters.join(' + ')} as ${hour}`
  }
  const expected = sql`
    select dimension_set, day, ${sql.unsafe(names)}, ${sql.unsafe(slotNames.hour.map(sumOfHour).join(', '))}
    from (${rowsAt(sql, 'quarter', starts, [ALL_DIMENSIONS])}) as counts`
  const found = rowsAt(sql, 'hour', starts, [ALL_DIMENSIONS])
  return await compareRows(sql, 'hour_count', 'hour', expected, found, limit)
}

/**
 * Compares the counts of a month with the sums of its hours, and those by fewer dimensions with those by all.
 * Finds nothing if the month is not rolled up.
 * @param monthMs start of the month (Unix milliseconds)
 */
export async function compareMonth(sql: Sql, monthMs: number, limit: number): Promise<Difference[]> {
  const starts = [isoTime(monthMs)]
  const made = await sql`
    /* compareMonth */
    select from rolled_up_month where month = any(${starts}::text[]::timestamptz[])`
  if (made.length === 0) return []
  const expected = sql`
    select ${ALL_DIMENSIONS}::smallint as dimension_set, row.start as month, ${sql.unsafe(names)}, sum(logins)::bigint as logins
    from unnest(${starts}::text[]::timestamptz[]) as row (start)
    cross join lateral (
      select ${sql.unsafe(names)}, 0::bigint + ${sql.unsafe(slotNames.hour.join(' + '))} as logins from hour_count
      where dimension_set = ${ALL_DIMENSIONS}::smallint and day >= row.start
        and day < (row.start at time zone 'UTC' + interval '1 month') at time zone 'UTC' offset 0
    ) as hours
    group by row.start, ${sql.unsafe(names)}`
  const found = rowsAt(sql, 'month', starts, [ALL_DIMENSIONS])
  return [
    ...(await compareRows(sql, 'month_count', 'month', expected, found, limit)),
    ...(await compareSets(sql, 'month', { starts, limit })),
  ]
}

/** Compares, in rows with these starts, the counts by fewer dimensions with the sums of the counts by all. */
export async function compareSets(
  sql: Sql,
  size: CountSize,
  { starts, limit }: RowsToCompare,
): Promise<Difference[]> {
  const { start } = countTables[size]
  const grouped = (sets: readonly number[], counted: string) => sql`
    select ${sql.unsafe(setOfRow)} as dimension_set, ${sql(start)}, ${sql.unsafe(valuesOfRow)},
           ${sql.unsafe(slotNames[size].map((name) => `sum(${name}) as ${name}`).join(', '))}
    from (${rowsAt(sql, size, starts, [ALL_DIMENSIONS])}) as counts where ${sql.unsafe(counted)}
    group by ${sql(start)}, ${sql.unsafe(groupingSets(sets))}`
  const expected = sql`${grouped(fewer(dimensionSets), 'true')} union all ${grouped(failureSets, IS_FAILURE)}`
  const found = rowsAt(sql, size, starts, fewer(keptSets))
  return await compareRows(sql, 'grouped_count', size, expected, found, limit)
}

/**
 * Compares the values by which days (UTC, by their starts) are counted with those that filters know. A value
 * that is missing there would match no prefix, range or `notIn`.
 */
export async function compareKnownValues(sql: Sql, { starts, limit }: RowsToCompare): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const { name } of openDimensions) {
    const rows = await sql<DifferentCount[]>`
      /* compareKnownValues */
      select day as bucket, dimension_set as set, ${sql.unsafe(names)},
             0::bigint + ${sql.unsafe(slotNames.hour.join(' + '))} as expected, 0::bigint as found
      from (${rowsAt(sql, 'hour', starts, [dimensionBit[name]])}) as counts
      where not exists (select from dimension_value as known where known.dimension = ${name} and known.value = counts.${sql(name)})
      order by day, ${sql(name)}
      limit ${limit}`
    differences.push(...rows.map((row) => countDifference('known_value', 'hour', row)))
  }
  return differences
}

/**
 * Compares rows of counts as they should be with rows as they are. Rows are compared whole and split into
 * slots only where they differ, because a row has up to 96 slots.
 */
async function compareRows(
  sql: Sql,
  kind: DiscrepancyKind,
  size: CountSize,
  expected: PendingQuery<Row[]>,
  found: PendingQuery<Row[]>,
  limit: number,
): Promise<Difference[]> {
  const start = sql(countTables[size].start)
  const slotsOf = (side: 'expected' | 'found') =>
    sql.unsafe(slotNames[size].map((name) => `coalesce(${side}.${name}, 0)`).join(', '))
  const key = sql.unsafe(names)
  const rows = await sql<DifferentCount[]>`
    /* compareRows */
    with expected as (${expected}), found as (${found}), different as (
      select dimension_set, ${start}, ${key},
             array[${slotsOf('expected')}] as expected, array[${slotsOf('found')}] as found
      from expected full join found using (dimension_set, ${start}, ${key})
      where row(${slotsOf('expected')}) <> row(${slotsOf('found')})
    )
    select ${start} + (number - 1) * ${slotLength[size]}::text::interval as bucket, dimension_set as set, ${key},
           slot.expected::bigint, slot.found::bigint
    from different cross join unnest(expected, found) with ordinality as slot (expected, found, number)
    where slot.expected <> slot.found
    order by bucket, dimension_set, ${key}
    limit ${limit}`
  return rows.map((row) => countDifference(kind, size, row))
}
