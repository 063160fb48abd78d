import type { LoginColumns } from '../columns/login-columns.ts'
import { bucketMs } from '../time/bucket.ts'
import { arrivedAtMs } from '../login/record-timestamp.ts'

/** A class of durations: at most `upToMs` milliseconds, and more than the class before. */
type DurationClass<Name extends string> = { name: Name; upToMs: number }

const SECOND = 1_000

/**
 * How long after its event a login reached Kafka. The first class holds events whose clock was ahead of
 * Kafka's.
 */
export const latenessClasses = [
  { name: 'ahead', upToMs: -1 },
  { name: 'within_10_seconds', upToMs: 10 * SECOND },
  { name: 'within_1_minute', upToMs: bucketMs.minute },
  { name: 'within_10_minutes', upToMs: 10 * bucketMs.minute },
  { name: 'within_1_hour', upToMs: bucketMs.hour },
  { name: 'within_1_day', upToMs: bucketMs.day },
  { name: 'later', upToMs: Infinity },
] as const satisfies DurationClass<string>[]
export type LatenessClass = (typeof latenessClasses)[number]['name']

/** How long after it reached Kafka a login was counted. */
export const delayClasses = [
  { name: 'within_100_ms', upToMs: 100 },
  { name: 'within_250_ms', upToMs: 250 },
  { name: 'within_500_ms', upToMs: 500 },
  { name: 'within_1_second', upToMs: SECOND },
  { name: 'within_2_seconds', upToMs: 2 * SECOND },
  { name: 'within_5_seconds', upToMs: 5 * SECOND },
  { name: 'within_10_seconds', upToMs: 10 * SECOND },
  { name: 'within_1_minute', upToMs: bucketMs.minute },
  { name: 'within_10_minutes', upToMs: 10 * bucketMs.minute },
  { name: 'within_1_hour', upToMs: bucketMs.hour },
  { name: 'later', upToMs: Infinity },
] as const satisfies DurationClass<string>[]
export type DelayClass = (typeof delayClasses)[number]['name']

/**
 * How the logins of a batch arrived. `countedAtMs` is in Unix milliseconds; `lateness` and `delays` hold the
 * logins of each class, in order of the classes.
 */
export type Arrivals = { countedAtMs: number; outOfOrder: number; lateness: number[]; delays: number[] }

/** Counts how the logins of one partition arrive, in order of their offsets. */
export class ArrivalCounts {
  readonly arrivals: Arrivals
  readonly #nowMs: number
  #latestMs: number

  /**
   * @param nowMs when the logins are counted, Unix milliseconds; an event time ahead of it counts as now
   * @param latestMs event time of the latest login before them, Unix milliseconds
   */
  constructor(nowMs: number, latestMs: number) {
    this.#nowMs = nowMs
    this.arrivals = {
      countedAtMs: nowMs,
      outOfOrder: 0,
      lateness: latenessClasses.map(() => 0),
      delays: delayClasses.map(() => 0),
    }
    this.#latestMs = latestMs
  }

  /** Adds logins in the order of their offsets. */
  add({ count, eventTimes, recordedAt }: LoginColumns): void {
    const { lateness, delays } = this.arrivals
    for (let login = 0; login < count; login++) {
      const eventMs = eventTimes[login] ?? NaN
      const arrivedMs = arrivedAtMs(recordedAt[login] ?? NaN, eventMs, this.#nowMs)
      if (eventMs < this.#latestMs) this.arrivals.outOfOrder++
      else this.#latestMs = Math.min(eventMs, this.#nowMs)
      increment(lateness, latenessClasses, arrivedMs - eventMs)
      increment(delays, delayClasses, this.#nowMs - arrivedMs)
    }
  }

  /** Event time of the latest login, those before this batch included. */
  get latestMs(): number {
    return this.#latestMs
  }
}

function increment(counts: number[], classes: readonly DurationClass<string>[], ms: number): void {
  let place = 0
  while (ms > (classes[place]?.upToMs ?? Infinity)) place++
  counts[place] = (counts[place] ?? 0) + 1
}

/** Share between 0 and 1; 0 if the whole is 0. */
export const shareOf = (part: bigint, whole: bigint): number =>
  whole === 0n ? 0 : Number(part) / Number(whole)
