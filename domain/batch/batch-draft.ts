import { ArrivalCounts } from '../engagement/arrival.ts'
import type { DecidedBatch, OffsetRange } from './batch.ts'
import type { RejectedRecord } from '../login/record.ts'
import { MinuteCounts } from '../counts/counts.ts'
import type { LoginColumns } from '../columns/login-columns.ts'
import type { DecodeRules } from '../decode/decode-rules.ts'
import { InsightDraft, type UnfinishedInsight } from './insight.ts'
import type { SightingCache, SightingDraft } from '../sightings/sighting-cache.ts'
import { UnknownOutcomeCounts } from './unknown-outcomes.ts'

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
  readonly #minutes = new MinuteCounts()
  readonly #arrivals: ArrivalCounts
  readonly #sightings: SightingDraft
  readonly #rejected: RejectedRecord[] = []
  readonly #insights: InsightDraft
  readonly #unknownOutcomes = new UnknownOutcomeCounts()
  #logins = 0
  #firstEventMs = Infinity
  #lastEventMs = -Infinity

  /** @param processedAtMs Unix milliseconds that decoding took for "now" */
  constructor(range: OffsetRange, processedAtMs: number, context: BatchContext) {
    this.#range = range
    this.#processedAtMs = processedAtMs
    this.#rules = context.rules
    this.#insights = new InsightDraft(context.unfinishedInsight, context.insightSize)
    this.#sightings = context.sighting.draft()
    this.#arrivals = new ArrivalCounts(context.countedAtMs, context.latestEventMs)
  }

  /** Adds the next records of the range, in the order of their offsets: the logins and the others. */
  add(logins: LoginColumns, rejected: readonly RejectedRecord[]): void {
    this.#arrivals.add(logins)
    this.#minutes.add(logins)
    this.#sightings.add(logins, this.#minutes.entries)
    for (let login = 0; login < logins.count; login++) {
      const eventMs = logins.eventTimes[login] ?? NaN
      if (eventMs < this.#firstEventMs) this.#firstEventMs = eventMs
      if (eventMs > this.#lastEventMs) this.#lastEventMs = eventMs
    }
    this.#insights.add(logins)
    this.#unknownOutcomes.add(logins.unknownOutcomes)
    for (const reject of rejected) this.#rejected.push(reject)
    this.#logins += logins.count
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
      insights: this.#insights.insights,
      unfinishedInsight: this.#insights.unfinished(),
      sightings: this.#sightings.sightings(),
      unknownOutcomes: this.#unknownOutcomes.counts(),
    }
  }
}
