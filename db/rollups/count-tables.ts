import { type CountSize, slotNames } from '../../domain/counts/counts.ts'
import { keptFrom } from '../login-rows/retention-bound.ts'
import { dimensionColumns } from './dimension-columns.ts'

// SQL of the tables that hold counts. A row has several slots: one for each unit of the time that it covers.

/**
 * The table for each size of slots, and the column with the start of a row, which is named after the length
 * of a row.
 */
export const countTables = {
  minute: { table: 'minute_count', start: 'hour' },
  quarter: { table: 'quarter_count', start: 'day' },
  hour: { table: 'hour_count', start: 'day' },
  month: { table: 'month_count', start: 'month' },
} as const satisfies Record<CountSize, { table: string; start: string }>

/** A sum as a slot holds it. Most quarters are without logins: null takes no space in a row, 0 would. */
export const slotValue = (size: CountSize, sum: string): string =>
  size === 'quarter' ? `nullif(${sum}, 0)` : `coalesce(${sum}, 0)`

/** The value of a slot as a number. */
export const slotLogins = (size: CountSize, slot: string): string =>
  size === 'quarter' ? `coalesce(${slot}, 0)` : slot

/** The end of `insert into … as held`: adds slots to those of the row that is there. */
export function addToHeld(size: 'minute' | 'quarter' | 'hour'): string {
  const added = (slot: string) =>
    size === 'quarter'
      ? `coalesce(held.${slot} + excluded.${slot}, held.${slot}, excluded.${slot})`
      : `held.${slot} + excluded.${slot}`
  return `
  on conflict (dimension_set, ${countTables[size].start}, ${dimensionColumns}) do update
    set ${slotNames[size].map((slot) => `${slot} = ${added(slot)}`).join(', ')}`
}

/** Start of the first day (UTC) whose minutes are kept: earlier days have quarters. */
export const MINUTES_KEPT_FROM = keptFrom('minute_count')
