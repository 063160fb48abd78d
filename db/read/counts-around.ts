import { bucketMs, dimensionBit, type DimensionName, dimensionNames, floorTo } from '../../domain/counts.ts'
import type { Difference } from '../../domain/reconciliation.ts'
import { isoTime } from '../../domain/iso-time.ts'
import type { ReadSession } from './snapshot.ts'

type Sql = ReadSession['sql']

export const ALL_DIMENSIONS = Object.values(dimensionBit).reduce((sum, bit) => sum + bit)

/** What a row is called by its start and how long it is. */
const rowsOf = {
  minute_count: ['hour', bucketMs.hour],
  minute_count_entry: ['hour', bucketMs.hour],
  hour_count: ['day', bucketMs.day],
} as const

/** Rows by these sets of dimensions that hold the minutes: of the hours, or of the days, around them. */
export function rowsAround(
  sql: Sql,
  from: keyof typeof rowsOf,
  minutes: readonly number[],
  sets: readonly number[],
) {
  const [start, rowMs] = rowsOf[from]
  // Row by row: the planner cannot know how few they are, and would read the whole table at once.
  return sql`
    select counts.*
    from unnest(${startsOf(minutes, rowMs)}::text[]::timestamptz[]) as row (start)
    cross join unnest(${[...sets]}::smallint[]) as sets (kept)
    cross join lateral (
      select * from ${sql(from)} where dimension_set = sets.kept and ${sql(start)} = row.start offset 0
    ) as counts`
}

/** Starts of what is so long and holds the minutes. */
export const startsOf = (minutes: readonly number[], ms: number): string[] => [
  ...new Set(minutes.map((minute) => isoTime(floorTo(minute, ms)))),
]

/** A count that two tables have differently. */
export type DifferentCount = { bucket: Date; set: number; expected: bigint; found: bigint } & Record<
  DimensionName,
  string
>

export function countDifference(
  kind: Difference['kind'],
  size: 'minute' | 'hour',
  { bucket, set, expected, found, ...values }: DifferentCount,
): Difference {
  const value = (name: DimensionName) => ((set & dimensionBit[name]) === 0 ? null : values[name])
  const place = dimensionNames.map(value)
  const [deviceType = null, appVersion = null, locale = null, outcome = null] = place
  return {
    kind,
    partition: null,
    batchId: null,
    count: { size, bucket, deviceType, appVersion, locale, outcome },
    subject: `${size} ${bucket.toISOString()} ${JSON.stringify(place)}`,
    expected,
    found,
  }
}
