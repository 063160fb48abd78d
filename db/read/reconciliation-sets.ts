import { dimensionNames, dimensionSets, slotNames } from '../../domain/counts.ts'
import type { Difference } from '../../domain/reconciliation.ts'
import { groupingSets, setOfRow, valuesOfRow } from '../dimension-sets.ts'
import { ALL_DIMENSIONS, countDifference, type DifferentCount, rowsAround } from './counts-around.ts'
import type { CountsToCompare } from './reconciliation-counts.ts'
import type { ReadSession } from './snapshot.ts'

type Sql = ReadSession['sql']

const tables = {
  minute: { table: 'minute_count', start: 'hour', slot: '1 minute' },
  hour: { table: 'hour_count', start: 'day', slot: '1 hour' },
} as const

const fewer = dimensionSets.filter((set) => set !== ALL_DIMENSIONS)

/**
 * Counts by fewer dimensions, around the minutes, against the sum of the counts by all. Rows are compared whole, and looked
 * into only where they differ: a count a row is up to 60 times as many.
 */
export async function compareSets(
  sql: Sql,
  size: 'minute' | 'hour',
  { minutes, limit }: CountsToCompare,
): Promise<Difference[]> {
  const { table, start, slot } = tables[size]
  const list = (column: (slot: string) => string) => sql.unsafe(slotNames[size].map(column).join(', '))
  const slotsOf = (side: 'expected' | 'found') => list((name) => `coalesce(${side}.${name}, 0)`)
  const key = sql.unsafe(dimensionNames.join(', '))
  const rows = await sql<DifferentCount[]>`
    /* reconciliationSetCounts */
    with expected as (
      select ${sql.unsafe(setOfRow)} as dimension_set, ${sql(start)}, ${sql.unsafe(valuesOfRow)},
             ${list((name) => `sum(${name}) as ${name}`)}
      from (${rowsAround(sql, table, minutes, [ALL_DIMENSIONS])}) as counts
      group by ${sql(start)}, ${sql.unsafe(groupingSets(fewer))}
    ), found as (
      ${rowsAround(sql, table, minutes, fewer)}
    ), different as (
      select dimension_set, ${sql(start)}, ${key},
             array[${slotsOf('expected')}] as expected, array[${slotsOf('found')}] as found
      from expected full join found using (dimension_set, ${sql(start)}, ${key})
      where (${slotsOf('expected')}) <> (${slotsOf('found')})
    )
    select ${sql(start)} + (number - 1) * ${slot}::text::interval as bucket, dimension_set as set, ${key},
           slot.expected::bigint, slot.found::bigint
    from different cross join unnest(expected, found) with ordinality as slot (expected, found, number)
    where slot.expected <> slot.found
    order by bucket, dimension_set, ${key}
    limit ${limit}`
  return rows.map((row) => countDifference('grouped_count', size, row))
}
