import { HISTORY_END_MS, type HistorySize } from '../history/history-size.ts'

/** A question that analysts or operators ask. Its variables differ a little each time. */
export type Question = {
  name: string
  query: string
  /** @param time how often the question was asked before: answers of the cache are never asked for */
  variables: (time: number, size: HistorySize) => Record<string, unknown>
}

export const MINUTE_MS = 60_000
export const HOUR = 60
export const DAY = 24 * HOUR

/** The moment that is so many minutes before the end of the history. */
export const before = (minutes: number): string =>
  new Date(HISTORY_END_MS - minutes * MINUTE_MS).toISOString()
/** A range of so many minutes that ends some minutes before the end of the history. */
export const range = (minutes: number, endsBefore: number) => ({
  from: before(minutes + endsBefore),
  to: before(endsBefore),
})
export const pick = <T>(values: readonly T[], time: number): T | undefined => values[time % values.length]
export const states = ['AL', 'CA', 'FL', 'NY', 'OH', 'TX', 'WA', 'WY', 'IL', 'GA']
/**
 * Time zones that are no whole hours from UTC: the ends of their days are added up from minutes or quarters
 * of an hour.
 */
export const zones = ['Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Adelaide']

export const freshness = 'freshness { databaseRole watermark lag replicaLagMs parkedOffsets isComplete }'
