import { ALL_DIMENSIONS, dimensionBit, failureSets, keptSets, slotNames } from '../../domain/counts/counts.ts'
import { dimensionNames } from '../../domain/counts/dimensions.ts'
import { slotValue } from '../../db/rollups/count-tables.ts'
import { IS_FAILURE } from '../../db/rollups/dimension-sets.ts'
import { dayBeforeEnd } from './history-size.ts'

// Statements that count the logins of a day, and that repeat four weeks of counts for the time before.

const key = dimensionNames.join(', ')
const set = 'dimension_set'
/** Whole weeks, so that a repeated day has the same weekday. */
export const REPEATED_DAYS = 28

type Table = {
  name: 'minute_count' | 'quarter_count' | 'hour_count'
  unit: 'hour' | 'day'
  slots: readonly string[]
}
export const minuteTable: Table = { name: 'minute_count', unit: 'hour', slots: slotNames.minute }
export const hourTable: Table = { name: 'hour_count', unit: 'day', slots: slotNames.hour }
export const quarterTable: Table = { name: 'quarter_count', unit: 'day', slots: slotNames.quarter }

const during = (column: string, day: string) =>
  `${column} >= timestamptz '${day}Z' and ${column} < timestamptz '${day}Z' + interval '1 day'`

/** Counts the minutes of a day by all dimensions, from its login rows. */
export const minutesOfDay = (day: string): string => `
  insert into minute_count (${set}, hour, ${key}, ${slotNames.minute.join(', ')})
  select ${ALL_DIMENSIONS}, date_trunc('hour', event_at, 'UTC') as hour, ${key},
         ${slotNames.minute.map((_, i) => `count(*) filter (where minute = ${i})`).join(', ')}
  from (select *, extract(minute from event_at)::integer as minute from login where ${during('event_at', day)}) as counted
  group by hour, ${key} order by hour`

/** Counts the hours of a day by all dimensions, from its minutes. */
export const hoursOfDay = (day: string): string => `
  insert into hour_count (${set}, day, ${key}, ${slotNames.hour.join(', ')})
  select ${ALL_DIMENSIONS}, timestamptz '${day}Z', ${key},
         ${slotNames.hour.map((_, i) => `coalesce(sum(logins) filter (where slot = ${i}), 0)`).join(', ')}
  from (
    select ${key}, ${slotNames.minute.join(' + ')} as logins, extract(hour from hour at time zone 'UTC')::integer as slot
    from minute_count where ${set} = ${ALL_DIMENSIONS} and ${during('hour', day)}
  ) as hours
  group by ${key}`

/** Counts the quarters of the last four weeks from their minutes. They are repeated, and then removed. */
export const quartersToRepeat = `
  insert into quarter_count (${set}, day, ${key}, ${slotNames.quarter.join(', ')})
  select ${set}, date_trunc('day', hour, 'UTC'), ${key}, ${slotNames.quarter
    .map((_, i) => {
      const minutes = slotNames.minute.slice((i % 4) * 15, (i % 4) * 15 + 15).join(' + ')
      return slotValue('quarter', `sum(${minutes}) filter (where number = ${Math.floor(i / 4)})`)
    })
    .join(', ')}
  from (select *, extract(hour from hour at time zone 'UTC')::integer as number from minute_count) as hours
  where hour >= timestamptz '${dayBeforeEnd(REPEATED_DAYS)}Z'
  group by 1, 2, ${key}`

/** A day has minutes or quarters, never both. */
export const removeRepeatedQuarters = `
  delete from quarter_count where day >= timestamptz '${dayBeforeEnd(REPEATED_DAYS)}Z'`

/** Counts a day by fewer dimensions, from its counts by all. */
export const fewerDimensions = ({ name, unit, slots }: Table, day: string): string => `
  insert into ${name} (${set}, ${unit}, ${key}, ${slots.join(', ')})
  select fewer.kept, ${unit}, ${dimensionNames
    .map((column) => `case when fewer.kept & ${dimensionBit[column]} = 0 then '' else ${column} end`)
    .join(', ')}, ${slots.map((slot) => `sum(${slot})`).join(', ')}
  from ${name}, unnest(array[${keptSets.filter((kept) => kept !== ALL_DIMENSIONS).join(', ')}]) as fewer (kept)
  where ${set} = ${ALL_DIMENSIONS} and ${during(unit, day)}
    and (fewer.kept not in (${failureSets.join(', ')}) or ${IS_FAILURE})
  group by 1, 2, ${dimensionNames.map((_, place) => place + 3).join(', ')}`

/** The version of a row so many versions before, because older logins come from older versions. */
export const olderVersion = (versions: number) => `
  case when app_version = '' then ''
       else '2.' || split_part(app_version, '.', 2)::integer - ${versions} || '.0' end`

/**
 * Repeats the last four weeks `times` times four weeks earlier, with older versions, as far as that lies in
 * [from, to).
 */
export const repeatCounts = (
  { name, unit, slots }: Table,
  times: number,
  from: string,
  to: string,
): string => `
  insert into ${name} (${set}, ${unit}, ${key}, ${slots.join(', ')})
  select * from (
    select ${set}, ${unit} - interval '${times * REPEATED_DAYS} days' as earlier,
           ${dimensionNames.map((name) => (name === 'app_version' ? olderVersion(times) : name)).join(', ')}, ${slots.join(', ')}
    from ${name}
    where ${unit} >= timestamptz '${dayBeforeEnd(REPEATED_DAYS)}Z'
  ) as repeated
  where earlier >= timestamptz '${from}Z' and earlier < timestamptz '${to}Z'`
