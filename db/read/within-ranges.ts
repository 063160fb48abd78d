import type { TimeBucket } from '../../domain/time/bucket.ts'
import type { ReadSession } from '../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/** The SQL condition that the event of a login row lies in one of the ranges. Give at least one. */
export const withinRanges = (sql: Sql, ranges: readonly TimeBucket[]) =>
  either(
    sql,
    ranges.map(({ fromMs, toMs }) => sql`(event_at >= ${new Date(fromMs)} and event_at < ${new Date(toMs)})`),
  )

/** Joins conditions by `or`. */
export const either = (sql: Sql, conditions: ReturnType<Sql>[]) =>
  conditions.map((condition, place) => (place === 0 ? condition : sql`or ${condition}`))
