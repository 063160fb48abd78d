import type { Arrivals } from '../engagement/arrival.ts'
import type { CountColumns } from '../counts/counts.ts'
import type { DecodeRules } from '../decode/decode-rules.ts'
import type { Insight, UnfinishedInsight } from './insight.ts'
import type { NewSightings } from '../sightings/sighting-list.ts'
import type { RejectedLogin } from '../login/record.ts'

/** A contiguous range of offsets `[from, to)` of one partition: the unit of commitment, retry, lineage and replay. */
export type OffsetRange = { topic: string; partition: number; from: bigint; to: bigint }
/** What a range means: every offset of it is one of its logins, a reject, or holds no record. */
export type DecidedBatch = {
  range: OffsetRange
  /** Unix milliseconds that decoding took for "now"; deciding the same range again must use the same. */
  processedAtMs: number
  rules: DecodeRules
  /** How many were accepted. */
  logins: number
  rejected: RejectedLogin[]
  /** Earliest and latest event of the logins, Unix milliseconds; null without logins. */
  events: { firstMs: number; lastMs: number } | null
  minutes: CountColumns
  arrivals: Arrivals
  /** Event time of the latest login of the partition by now, Unix milliseconds; an event ahead of the clock is one of now. */
  latestEventMs: number
  /** Complete with this range; the logins after the last one wait in `unfinishedInsight`. */
  insights: Insight[]
  unfinishedInsight: UnfinishedInsight
  /** Those that are not known to be committed already. */
  sightings: NewSightings
}

/** Latest event of a batch, but never later than its clock: a phone with a fast clock must not move the watermark ahead. */
export const watermarkMs = ({ events, processedAtMs }: DecidedBatch): number | null =>
  events === null ? null : Math.min(events.lastMs, processedAtMs)
