import { HISTORY_END_MS, type HistorySize } from '../history/history-size.ts'

/** A question that analysts or operators ask, a little different each time. */
export type Question = {
  name: string
  query: string
  /** @param time from 0 on: asked for the time-th time, so that no answer is given again */
  variables: (time: number, size: HistorySize) => Record<string, unknown>
}

export const MINUTE_MS = 60_000
export const HOUR = 60
export const DAY = 24 * HOUR

/** The moment so many minutes before the end of the history. */
export const before = (minutes: number): string =>
  new Date(HISTORY_END_MS - minutes * MINUTE_MS).toISOString()
/** A range of so many minutes that ends some minutes before the end of the history. */
export const range = (minutes: number, endsBefore: number) => ({
  from: before(minutes + endsBefore),
  to: before(endsBefore),
})
export const pick = <T>(values: readonly T[], time: number): T | undefined => values[time % values.length]
export const states = ['AL', 'CA', 'FL', 'NY', 'OH', 'TX', 'WA', 'WY', 'IL', 'GA']
/** Not whole hours from UTC: the hours at both ends of a day are added up from quarters, or minutes while these are kept. */
export const zones = ['Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Adelaide']

export const freshness = 'freshness { source watermark lag replicaLagMs parkedOffsets complete }'
export const error = '... on Error { message }'
