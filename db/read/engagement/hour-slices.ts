import { isoTime } from '../../../domain/time/iso-time.ts'
import { slicesOf } from './statement-slices.ts'

/** How many hours a statement reads: up to some megabytes, and other queries get a turn between two statements. */
const HOURS_AT_ONCE = 24

/** Splits hours into those that one statement reads. */
export const slicesOfHours = <Hour>(hours: readonly Hour[]): Hour[][] => slicesOf(hours, HOURS_AT_ONCE)

/**
 * The same of hours by their starts.
 * @param hours Unix milliseconds
 * @returns ISO times, for Postgres
 */
export const hourSlices = (hours: readonly number[]): string[][] =>
  slicesOfHours(hours).map((slice) => slice.map(isoTime))
