import type { Arrivals } from '../engagement/arrival.ts'
import type { CountColumns } from '../counts/counts.ts'
import type { DecodeRules } from '../decode/decode-rules.ts'
import type { Insight, UnfinishedInsight } from './insight.ts'
import type { NewSightings } from '../sightings/sighting-list.ts'
import type { RejectedRecord } from '../login/record.ts'
import type { UnknownOutcomes } from './unknown-outcomes.ts'

/**
 * A contiguous range of offsets `[from, to)` of one partition: the unit of commitment, retry, lineage and
 * replay.
 */
export type OffsetRange = { topic: string; partition: number; from: bigint; to: bigint }
/** What a range means. Each of its offsets is a login, a reject or an offset without a record. */
export type DecidedBatch = {
  range: OffsetRange
  /**
   * Unix milliseconds that decoding took for "now". Deciding the same range again must use the same value.
   */
  processedAtMs: number
  rules: DecodeRules
  /** Number of accepted logins. */
  logins: number
  rejected: RejectedRecord[]
  /** Times of the earliest and the latest login, Unix milliseconds; null without logins. */
  events: { firstMs: number; lastMs: number } | null
  minutes: CountColumns
  arrivals: Arrivals
  /**
   * Event time of the latest login of the partition up to the end of this range, Unix milliseconds. A login
   * whose event time is ahead of the clock counts with the time of the clock.
   */
  latestEventMs: number
  /** Insights that this range completes. The logins after the last one wait in `unfinishedInsight`. */
  insights: Insight[]
  unfinishedInsight: UnfinishedInsight
  /** Sightings of the range that are not known to be committed yet. */
  sightings: NewSightings
  unknownOutcomes: UnknownOutcomes
}

/**
 * Event time of the batch's latest login, at most the batch's own clock: a phone whose clock runs fast must
 * not move the watermark ahead.
 */
export const watermarkMs = ({ events, processedAtMs }: DecidedBatch): number | null =>
  events === null ? null : Math.min(events.lastMs, processedAtMs)
