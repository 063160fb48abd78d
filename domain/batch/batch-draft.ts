import { ArrivalCounts } from '../engagement/arrival.ts'
import type { DecidedBatch, OffsetRange } from './batch.ts'
import type { RejectedLogin } from '../login/record.ts'
import { MinuteCounts } from '../counts/counts.ts'
import type { DecodedRecords } from '../decode/decode-records.ts'
import type { DecodeRules } from '../decode/decode-rules.ts'
import { advanceInsight, type Insight, type UnfinishedInsight } from './insight.ts'
import type { SightingCache, SightingDraft } from '../sightings/sighting-cache.ts'

/** What a process knows before it decides a range. */
type BatchContext = {
  /** The rules by which the records of the range were decoded. */
  rules: DecodeRules
  unfinishedInsight: UnfinishedInsight
  /** Logins per insight; 0 makes no insights. */
  insightSize: number
  sighting: SightingCache
  /** Event time of the latest login before the range, Unix milliseconds. */
  latestEventMs: number
  /**
   * When the range is counted, Unix milliseconds: later than `processedAtMs` if the batch is decided again.
   */
  countedAtMs: number
}

/** Decides a range, some records at a time. It keeps sums and rejects, but no logins. */
export class BatchDraft {
  readonly #range: OffsetRange
  readonly #processedAtMs: number
  readonly #rules: DecodeRules
  readonly #insightSize: number
  readonly #minutes = new MinuteCounts()
  readonly #arrivals: ArrivalCounts
  readonly #sightings: SightingDraft
  readonly #rejected: RejectedLogin[] = []
  readonly #insights: Insight[] = []
  #unfinishedInsight: UnfinishedInsight
  #logins = 0
  #firstEventMs = Infinity
  #lastEventMs = -Infinity

  /** @param processedAtMs Unix milliseconds that decoding took for "now" */
  constructor(range: OffsetRange, processedAtMs: number, context: BatchContext) {
    this.#range = range
    this.#processedAtMs = processedAtMs
    this.#rules = context.rules
    this.#insightSize = context.insightSize
    this.#unfinishedInsight = context.unfinishedInsight
    this.#sightings = context.sighting.draft()
    this.#arrivals = new ArrivalCounts(context.countedAtMs, context.latestEventMs)
  }

  /** Adds the next records of the range. Records must come in the order of their offsets. */
  add({ accepted, rejected }: DecodedRecords): void {
    for (const { login, recordedAt } of accepted) {
      this.#arrivals.add(login.eventTimeMs, recordedAt)
      this.#sightings.add(login, this.#minutes.add(login))
      if (login.eventTimeMs < this.#firstEventMs) this.#firstEventMs = login.eventTimeMs
      if (login.eventTimeMs > this.#lastEventMs) this.#lastEventMs = login.eventTimeMs
    }
    const { insights, unfinished } = advanceInsight(this.#unfinishedInsight, accepted, this.#insightSize)
    for (const insight of insights) this.#insights.push(insight)
    for (const reject of rejected) this.#rejected.push(reject)
    this.#unfinishedInsight = unfinished
    this.#logins += accepted.length
  }

  decided(): DecidedBatch {
    return {
      range: this.#range,
      processedAtMs: this.#processedAtMs,
      rules: this.#rules,
      logins: this.#logins,
      rejected: this.#rejected,
      events: this.#logins === 0 ? null : { firstMs: this.#firstEventMs, lastMs: this.#lastEventMs },
      minutes: this.#minutes.columns,
      arrivals: this.#arrivals.arrivals,
      latestEventMs: this.#arrivals.latestMs,
      insights: this.#insights,
      unfinishedInsight: this.#unfinishedInsight,
      sightings: this.#sightings.sightings(),
    }
  }
}
