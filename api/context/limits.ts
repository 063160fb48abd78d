import { bucketMs } from '../../domain/time/bucket.ts'
import type { BucketSize, TimeBucket } from '../../domain/time/bucket.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { InvalidRangeError, PageTooLargeError, RangeTooLargeError, TooManyRowsError } from './errors.ts'

/** Every cap of the API. Each error names its cap and how to ask instead. */
export const limits = {
  /** A week of minutes, a year of hours; more points than any screen has. */
  buckets: 10_000,
  /** Counts of all series, of which an answer has some 300 KB. */
  rows: 50_000,
  /** Points of all series: a megabyte, for which the API's only thread is busy for a tenth of a second. */
  points: 10_000,
  /**
   * Batches whose deltas, rows and counts one answer adds up: some seconds of Postgres. Of what is rolled up by when it was
   * written, 40 days.
   */
  batches: 5_000,
  /** Batches that a reconciliation covers when nothing is said: some tenths of a second of Postgres. */
  newestBatches: 500,
  /** Rows of one page of a list. */
  page: 500,
  /** A full page of the widest list costs about 10,000. */
  complexity: 25_000,
  depth: 12,
  /** Fields of a query, fragments spelled out. */
  breadth: 300,
  aliases: 15,
  directives: 10,
  /** GraphiQL's introspection has 400; parsing costs with every token. */
  tokens: 2_000,
  /** Of one client; an operator is slower. Questions have API_QUESTIONS_PER_SECOND. */
  commandsPerSecond: 10,
  /** Of a text of an argument: no id, value, name or cursor is longer. */
  textCharacters: 1_000,
  /** Values of a list of an argument. */
  listed: 10_000,
  /** Levels of variables, in each other. */
  nesting: 32,
  /** Filters with thousands of values still fit. */
  bodyBytes: 256 * 1024,
} as const

/** What is asked for when nothing is said: the last day. */
const DEFAULT_RANGE_MS = bucketMs.day

/**
 * The range asked for. `to` defaults to the end of the current minute, `from` to 24 hours before `to`.
 * @throws {InvalidRangeError} empty, not on whole minutes, or before 1970
 */
export function minuteRange(from: Date | null, to: Date | null, nowMs: number): TimeBucket {
  const toMs = to?.getTime() ?? (Math.floor(nowMs / bucketMs.minute) + 1) * bucketMs.minute
  const fromMs = from?.getTime() ?? toMs - DEFAULT_RANGE_MS
  return wholeMinutes({ fromMs, toMs })
}

/** @throws {InvalidRangeError} empty, not on whole minutes, or before 1970 */
export function wholeMinutes({ fromMs, toMs }: TimeBucket): TimeBucket {
  checkMinute('from', fromMs)
  checkMinute('to', toMs)
  if (fromMs >= toMs) {
    throw new InvalidRangeError('from must be before to; the range holds from and leaves out to')
  }
  checkSince1970('from', fromMs)
  return { fromMs, toMs }
}

/** @throws {InvalidRangeError} */
export function checkMinute(name: string, ms: number): void {
  if (ms % bucketMs.minute === 0) return
  const before = isoTime(Math.floor(ms / bucketMs.minute) * bucketMs.minute)
  throw new InvalidRangeError(
    `${name} must be on a whole minute, because counts are kept by the minute: for example ${before}`,
  )
}

/** Timestamps of logins are after 1970 began (domain/fields/event-time.ts). @throws {InvalidRangeError} */
export function checkSince1970(name: string, ms: number): void {
  if (ms >= 0) return
  throw new InvalidRangeError(
    `${name} is ${isoTime(ms)}, and no login is from before 1970: ask from 1970-01-01T00:00:00Z on`,
  )
}

/** @throws {RangeTooLargeError} */
export function checkBuckets({ fromMs, toMs }: TimeBucket, bucket: BucketSize): void {
  const asked = Math.ceil(toMs / bucketMs[bucket]) - Math.floor(fromMs / bucketMs[bucket])
  if (asked <= limits.buckets) return
  const advice = bucket === 'day' ? 'a shorter range' : 'a shorter range or a coarser bucket'
  throw new RangeTooLargeError(
    `${asked} buckets of a ${bucket} are more than the cap of ${limits.buckets}: ask for ${advice}`,
    limits.buckets,
    asked,
  )
}

export const tooManyRows = () =>
  new TooManyRowsError(
    `buckets times groups are more than the cap of ${limits.rows} rows: ask for fewer dimensions, a coarser bucket, a ` +
      'shorter range or a filter',
    limits.rows,
  )

/**
 * @param rest how to have what is beyond the page
 * @throws {PageTooLargeError}
 */
export function checkPageSize(name: string, asked: number, rest = 'and for the rest by after'): void {
  if (asked <= limits.page) return
  throw new PageTooLargeError(
    `${name}: ${asked} is more than the cap of ${limits.page} rows: ask for ${limits.page}, ${rest}`,
    limits.page,
    asked,
  )
}
