import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { findCell } from '../../../domain/engagement/find-cell.ts'
import { listedNumbers } from '../../../domain/engagement/read-numbers.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { addressText } from '../../login-rows/address-text.ts'
import { ROWS_TO_LIST } from '../../login-rows/rows-to-list.ts'
import { readBinary } from '../binary-rows.ts'
import { anyLogin } from '../counts/count-filter.ts'
import { withinSetFilter } from '../counts/set-filter.ts'
import { withinRanges } from '../within-ranges.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import type { CellSink, SetQuestion } from './set-cells.ts'
import { groupColumns, groupNames, type GroupValues } from './set-groups.ts'
import { ofBatches, readWaitingBatches } from './waiting-batches.ts'

/** Gives those who have no number yet one above all others. */
export type NumberOf = (id: string) => number

/** Without their number: who has none, in the order in which -1 stands for them. */
type WaitingRow = GroupValues & { minutes: Buffer; numbers: Buffer; without: string[] | null }

/**
 * Adds who has a login row in the ranges in a batch that waits to be listed (db/rollups/index-logins.ts).
 * @param cells in order of time, without overlap; the ranges lie within them
 */
export async function addWaiting(
  sink: CellSink,
  { sql }: ReadSession,
  { kind, by, filter }: SetQuestion,
  {
    ranges,
    cells,
    numberOf,
  }: { ranges: readonly TimeBucket[]; cells: readonly TimeBucket[]; numberOf: NumberOf },
): Promise<void> {
  const batches = ranges.length === 0 ? [] : await readWaitingBatches(sql, ranges)
  if (batches.length === 0) return
  const { table, id } = idTables[kind]
  const names = groupNames(sql, by)
  const rows = await readBinary<WaitingRow>(
    sql,
    'addWaiting',
    sql`
    select ${names} string_agg(int4send(minute), ''::bytea) as minutes,
           string_agg(int4send(coalesce(number, -1)), ''::bytea) as numbers,
           json_agg(seen.id) filter (where number is null) as without
    from (
      select distinct ${groupColumns(sql, by)} floor(extract(epoch from event_at) / 60)::integer as minute,
             ${kind === 'address' ? addressText(sql) : sql(id)} as id
      from ${sql.unsafe(ROWS_TO_LIST)} as login
      where ${ofBatches(sql, batches)} and (${withinRanges(sql, ranges)}) ${withinSetFilter(sql, filter)}
    ) as seen
    left join lateral (select number from ${sql(table)} as held where held.${sql(id)} = seen.id offset 0) as known on true
    group by ${names} ()
    having count(*) > 0`,
  )
  const cellOf = findCell(cells)
  for (const { minutes, numbers, without, ...values } of rows) {
    const minuteAt = listedNumbers(minutes)
    let next = 0
    const numberAt = listedNumbers(numbers).map((number) =>
      number < 0 ? numberOf(without?.[next++] ?? '') : number,
    )
    const found = Map.groupBy(numberAt.entries(), ([place]) => cellOf(minuteAt[place] ?? 0))
    for (const [cell, entries] of found) {
      const own = Int32Array.from(entries, ([, number]) => number)
      sink.add(values, cell, () => own)
    }
  }
}

/** First days as they are known: of all attempts the earlier one. */
const FIRST_DAY: Record<AttemptKind, string> = {
  logins: 'first_login_day',
  failures: 'first_failure_day',
  all: 'least(first_login_day, first_failure_day)',
}

/**
 * Finds who has a first attempt that waits to be listed, on a day before the first one that is known, and the minute of it
 * (since 1970).
 * @param until later attempts are left out; Unix milliseconds
 */
export async function readFirstsWaiting(
  { sql }: ReadSession,
  kind: SightingKind,
  attempts: AttemptKind,
  { until, numberOf }: { until: number; numberOf: NumberOf },
): Promise<{ number: number; minute: number }[]> {
  const range = { fromMs: 0, toMs: until }
  const batches = await readWaitingBatches(sql, [range])
  if (batches.length === 0) return []
  const { table, id } = idTables[kind]
  const rows = await sql<{ id: string; number: number | null; minute: number }[]>`
    /* readFirstsWaiting */
    select seen.id, number, minute
    from (
      select ${kind === 'address' ? addressText(sql) : sql(id)} as id,
             min(floor(extract(epoch from event_at) / 60))::integer as minute
      from ${sql.unsafe(ROWS_TO_LIST)} as login
      where ${ofBatches(sql, batches)} and (${withinRanges(sql, [range])}) ${withinSetFilter(sql, { ...anyLogin, attempts })}
      group by 1
    ) as seen
    left join lateral (
      select number, ${sql.unsafe(FIRST_DAY[attempts])} as first_day from ${sql(table)} as held where held.${sql(id)} = seen.id offset 0
    ) as known on true
    where first_day is null or first_day > date '1970-01-01' + minute / 1440`
  return rows.map(({ id, number, minute }) => ({ number: number ?? numberOf(id), minute }))
}
