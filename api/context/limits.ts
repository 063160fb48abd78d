import { bucketMs } from '../../domain/time/bucket.ts'
import type { BucketSize, TimeBucket } from '../../domain/time/bucket.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { InvalidRangeError, PageTooLargeError, RangeTooLargeError, TooManyRowsError } from './errors.ts'

/** The caps of the API. Each error names the cap and says what to ask instead. */
export const limits = {
  /** Buckets of one answer: a week of minutes or a year of hours, more than any screen has points. */
  buckets: 10_000,
  /** Counts of all series together: an answer of some 300 KB. */
  rows: 50_000,
  /**
   * Points of all series together: a megabyte, which keeps the API's only thread busy for a tenth of a
   * second.
   */
  points: 10_000,
  /**
   * Batches that one answer adds up: some seconds of work for Postgres. Where hours of written batches are
   * rolled up, as questions about the past need them, this reaches some 40 days back
   * (db/read/counts/count-moment.ts).
   */
  batches: 5_000,
  /** Batches that a reconciliation covers by default: some tenths of a second of work for Postgres. */
  newestBatches: 500,
  /** Rows on one page of a list. */
  page: 500,
  /** Complexity of a query. A full page of the widest list costs about 10,000. */
  complexity: 25_000,
  /** Levels of a query. */
  depth: 12,
  /** Fields of a query, with every fragment expanded. */
  breadth: 300,
  aliases: 15,
  directives: 10,
  /** Tokens of a query: each costs time to parse. GraphiQL's introspection has 400. */
  tokens: 2_000,
  /** Commands of one client; no operator is as fast. Questions are capped by API_QUESTIONS_PER_SECOND. */
  commandsPerSecond: 10,
  /** Characters of a text argument: no id, value, name or cursor is longer. */
  textCharacters: 1_000,
  /** Values of a list argument. */
  listed: 10_000,
  /** Levels of nesting in variables. */
  nesting: 32,
  /** Bytes of a request: filters with thousands of values still fit. */
  bodyBytes: 256 * 1024,
} as const

/** The message about a range [from, to) that holds nothing. */
export const EMPTY_RANGE = 'from must be before to, because the range includes from and excludes to'

/** The range of a question that names none: the last day. */
const DEFAULT_RANGE_MS = bucketMs.day

/**
 * The range that a question asks for. `to` defaults to the end of the current minute, `from` to 24 hours
 * before `to`.
 * @throws {InvalidRangeError} if the range is empty, not on whole minutes, or begins before 1970
 */
export function minuteRange(from: Date | null, to: Date | null, nowMs: number): TimeBucket {
  const toMs = to?.getTime() ?? (Math.floor(nowMs / bucketMs.minute) + 1) * bucketMs.minute
  const fromMs = from?.getTime() ?? toMs - DEFAULT_RANGE_MS
  return wholeMinutes({ fromMs, toMs })
}

/** @throws {InvalidRangeError} if the range is empty, not on whole minutes, or begins before 1970 */
export function wholeMinutes({ fromMs, toMs }: TimeBucket): TimeBucket {
  checkMinute('from', fromMs)
  checkMinute('to', toMs)
  if (fromMs >= toMs) {
    throw new InvalidRangeError(EMPTY_RANGE)
  }
  checkSince1970('from', fromMs)
  return { fromMs, toMs }
}

/** @throws {InvalidRangeError} if the moment is not on a whole minute */
export function checkMinute(name: string, ms: number): void {
  if (ms % bucketMs.minute === 0) return
  const before = isoTime(Math.floor(ms / bucketMs.minute) * bucketMs.minute)
  throw new InvalidRangeError(
    `${name} must be on a whole minute, because counts are kept by the minute: for example ${before}`,
  )
}

/**
 * No login has a timestamp before 1970 (domain/fields/event-time.ts).
 * @throws {InvalidRangeError} if the moment is before 1970
 */
export function checkSince1970(name: string, ms: number): void {
  if (ms >= 0) return
  throw new InvalidRangeError(
    `${name} is ${isoTime(ms)}, and no login is from before 1970: ask from 1970-01-01T00:00:00Z on`,
  )
}

/** @throws {RangeTooLargeError} if the range has more buckets than the cap */
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
    `the answer would have more rows (buckets times groups) than the cap of ${limits.rows}: ask for fewer dimensions, a coarser ` +
      'bucket, a shorter range or a filter',
    limits.rows,
  )

/**
 * @param rest what the message advises for the rows beyond the page
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
