import { type CountSize, slotNames } from '../../domain/counts/counts.ts'
import { dimensionColumns } from './dimension-columns.ts'

// SQL of the tables that hold counts, a row of several slots each.

/** The table of each size of slots, and what its rows are called by: their start, the name of which is their length, too. */
export const countTables = {
  minute: { table: 'minute_count', start: 'hour' },
  quarter: { table: 'quarter_count', start: 'day' },
  hour: { table: 'hour_count', start: 'day' },
  month: { table: 'month_count', start: 'month' },
} as const satisfies Record<CountSize, { table: string; start: string }>

/** A sum as a slot holds it: those of quarters, of which most are none, are null then and take no place. */
export const slotValue = (size: CountSize, sum: string): string =>
  size === 'quarter' ? `nullif(${sum}, 0)` : `coalesce(${sum}, 0)`

/** A slot as a number. */
export const slotLogins = (size: CountSize, slot: string): string =>
  size === 'quarter' ? `coalesce(${slot}, 0)` : slot

/** The end of `insert into … as held`: slots are added to those of the row that is there. */
export function addToHeld(size: 'minute' | 'quarter' | 'hour'): string {
  const added = (slot: string) =>
    size === 'quarter'
      ? `coalesce(held.${slot} + excluded.${slot}, held.${slot}, excluded.${slot})`
      : `held.${slot} + excluded.${slot}`
  return `
  on conflict (dimension_set, ${countTables[size].start}, ${dimensionColumns}) do update
    set ${slotNames[size].map((slot) => `${slot} = ${added(slot)}`).join(', ')}`
}

/** Start of the first day (UTC) that has minutes: days before have quarters. */
export const MINUTES_KEPT_FROM = `coalesce((select kept_from from retention_bound where what = 'minute_count'), '-infinity')`
