import { type CountSize, dimensionBit } from '../../../domain/counts/counts.ts'
import { byField, type DimensionName, dimensionNames } from '../../../domain/counts/dimensions.ts'
import { floorTo } from '../../../domain/time/bucket.ts'
import type { Difference } from '../../../domain/pipeline/reconciliation.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import { countTables } from '../../rollups/count-tables.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** Selects the rows of a table of counts, or of its view, with these starts and sets of dimensions. */
export function rowsAt(
  sql: Sql,
  size: CountSize,
  starts: readonly string[],
  sets: readonly number[],
  from: string = countTables[size].table,
) {
  // Looks rows up one by one: the planner does not know how few they are, and would read the whole table.
  return sql`
    select counts.*
    from unnest(${[...starts]}::text[]::timestamptz[]) as row (start)
    cross join unnest(${[...sets]}::smallint[]) as sets (kept)
    cross join lateral (
      select * from ${sql(from)} where dimension_set = sets.kept and ${sql(countTables[size].start)} = row.start offset 0
    ) as counts`
}

/** The starts of the periods of `ms` milliseconds in which the moments lie. */
export const startsOf = (moments: readonly number[], ms: number): string[] => [
  ...new Set(moments.map((moment) => isoTime(floorTo(moment, ms)))),
]

/** A count that differs between two tables. */
export type DifferentCount = { bucket: Date; set: number; expected: bigint; found: bigint } & Record<
  DimensionName,
  string
>

export function countDifference(
  kind: Difference['kind'],
  size: CountSize,
  { bucket, set, expected, found, ...values }: DifferentCount,
): Difference {
  const value = (name: DimensionName) => ((set & dimensionBit[name]) === 0 ? null : values[name])
  const place = dimensionNames.map(value)
  return {
    kind,
    partition: null,
    batchId: null,
    count: { size, bucket, ...byField(({ name }) => value(name)) },
    subject: `${size} ${bucket.toISOString()} ${JSON.stringify(place)}`,
    expected,
    found,
  }
}
