import { bucketMs } from '../../domain/time/bucket.ts'
import type { BucketSize, TimeBucket } from '../../domain/time/bucket.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { type Moment, momentMs } from '../../domain/time/moment.ts'
import { AnswerTooLargeError, InvalidRangeError } from './errors.ts'

/** The caps of the API. Each error names the cap and says what to ask instead. */
export const limits = {
  /** Buckets of one answer: a week of minutes or a year of hours, more than any screen has points. */
  buckets: 10_000,
  /** Buckets of a range and of those that it is compared with. */
  comparedBuckets: 20_000,
  /** Ranges that one answer compares with. */
  comparisons: 8,
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
  /**
   * Counts of users, devices and addresses that a part of one answer is made of, each as often as a group and span
   * need it: less than a second of the API's only thread, and some 100 MB.
   */
  memberCounts: 400_000,
  /** Bytes of the lists by hour that one answer reads, and as many of bitmaps: some 40 million logins, a second or two of work. */
  listedBytes: 200_000_000,
  /** Bitmaps of days that one answer adds up inside Postgres: some seconds of work, of which a statement may take five. */
  bitmaps: 400_000,
  /** Chunks of bitmaps that the cohorts of one answer in a zone are held in: 5 KB each. */
  cohortChunks: 5_000,
  /** Batches that a reconciliation covers by default: some tenths of a second of work for Postgres. */
  newestBatches: 500,
  /** Events of the audit that one answer hashes: some 70 MB, which takes a second. */
  auditEvents: 100_000,
  /** Rows of a list that are counted: an index has as many in some milliseconds. */
  counted: 10_000,
  /**
   * Attempts that one answer reads one by one, from the lists by hour: each takes some 60 bytes until it is answered, and 140 by
   * users, devices and addresses at once, all of which are counted.
   */
  listedAttempts: 5_000_000,
  /** Rows on one page of a list. */
  page: 500,
  /** Complexity of a query. A full page of the widest list costs about 10,000. */
  complexity: 25_000,
  /** Levels of a query. */
  depth: 12,
  /** Fields of a query, with every fragment expanded. */
  breadth: 300,
  /** Fields and spreads that a document has, which validation compares with each other: 0.1 s of the API's only thread. */
  selections: 300,
  /** Fragments of a document, whose fields are compared, too. */
  fragments: 50,
  aliases: 15,
  directives: 10,
  /** Tokens of a query: each costs time to parse. GraphiQL's introspection has 400. */
  tokens: 2_000,
  /** Commands of one client; no operator is as fast. Questions are capped by API_QUESTIONS_PER_SECOND. */
  commandsPerSecond: 10,
  /** Records and tokens that a request may name in x-rollcall-read-after. */
  readAfter: 50,
  /** Records that all requests together wait for: a look at them takes Postgres some hundredths of a second. */
  awaitedRecords: 5_000,
  /** Different subscriptions, each of which is executed up to once a second. */
  liveQuestions: 200,
  /** Characters of a text argument: no id, value, name or cursor is longer. */
  textCharacters: 1_000,
  /** Attempts with the event_ids that a list is of: each page looks all of them up and sorts them. */
  attemptsOfEvents: 50_000,
  /** Users, devices or addresses whose attempts a list is of: each is looked up in every day that is kept. */
  members: 100,
  /** Networks that a filter names: each is a condition on every address that is looked at. */
  networks: 100,
  /** Addresses of the networks of a filter: some tenths of a second of work. */
  networkAddresses: 100_000,
  /** Addresses of the networks whose attempts a list is of: all of an IPv4 network of 24 bits. */
  listedNetworkAddresses: 256,
  /** Characters of the position of an answer: 600 partitions, and what a header may have. */
  positionCharacters: 16_000,
  /** Values of a list argument. */
  listed: 10_000,
  /**
   * Known values of a dimension among which a filter is resolved: some hundredths of a second of the API's
   * only thread, with as many comparators of a range of versions as there may be.
   */
  knownValues: 10_000,
  comparators: 20,
  /** Levels of nesting in variables. */
  nesting: 32,
  /** Bytes of a request: filters with thousands of values still fit. */
  bodyBytes: 256 * 1024,
} as const

/** The message about a range [from, to) that holds nothing. */
export const EMPTY_RANGE = 'from must be before to, because the range includes from and excludes to'

/** The same with the moments, which dates and another zone hide. */
export const emptyRange = (fromMs: number, toMs: number) =>
  `${EMPTY_RANGE}: from is ${isoTime(fromMs)}, to ${isoTime(toMs)}`

/** The range of a question that names none: the last day. */
const DEFAULT_RANGE_MS = bucketMs.day

/**
 * The range that a question asks for. `to` defaults to the end of the current minute, `from` to 24 hours
 * before `to`.
 * @param zone where dates are; left out: UTC
 * @throws {InvalidRangeError} if the range is empty, not on whole minutes, or begins before 1970
 */
export function minuteRange(
  from: Moment | null,
  to: Moment | null,
  nowMs: number,
  zone?: Parameters<typeof momentMs>[1],
): TimeBucket {
  const toMs = to ? momentMs(to, zone) : (Math.floor(nowMs / bucketMs.minute) + 1) * bucketMs.minute
  const fromMs = from ? momentMs(from, zone) : toMs - DEFAULT_RANGE_MS
  if (to === null) checkBeforeNow(fromMs, toMs)
  return wholeMinutes({ fromMs, toMs })
}

/**
 * @param toMs the end of a range whose `to` was left out
 * @throws {InvalidRangeError} if the range begins after it
 */
export function checkBeforeNow(fromMs: number, toMs: number): void {
  if (fromMs < toMs) return
  throw new InvalidRangeError(
    `from must be before to, which is ${isoTime(toMs)} when it is left out: give to as well`,
    'from',
  )
}

/** @throws {InvalidRangeError} if the range is empty, not on whole minutes, or begins before 1970 */
export function wholeMinutes({ fromMs, toMs }: TimeBucket): TimeBucket {
  checkMinute('from', fromMs)
  checkMinute('to', toMs)
  if (fromMs >= toMs) {
    throw new InvalidRangeError(emptyRange(fromMs, toMs), 'from')
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
    name,
  )
}

/**
 * No login has a timestamp before 1970 (domain/fields/event-time.ts).
 * @throws {InvalidRangeError} if the moment is before 1970
 */
export function checkSince1970(name: string, ms: number): void {
  if (ms >= 0) return
  throw new InvalidRangeError(
    `${name} is ${isoTime(ms)}, and no attempt is from before 1970: ask from 1970-01-01T00:00:00Z on`,
    name,
  )
}

/** @throws {AnswerTooLargeError} if the range has more buckets than the cap */
export function checkBuckets({ fromMs, toMs }: TimeBucket, bucket: BucketSize): void {
  const asked = Math.ceil(toMs / bucketMs[bucket]) - Math.floor(fromMs / bucketMs[bucket])
  if (asked <= limits.buckets) return
  const advice = bucket === 'day' ? 'a shorter range' : 'a shorter range or a coarser bucket'
  throw new AnswerTooLargeError(
    `the range has ${asked} ${bucket}s, more than the cap of ${limits.buckets}: ask for ${advice}`,
    { argument: 'from', cap: limits.buckets, asked },
  )
}

export const tooManyRows = () =>
  new AnswerTooLargeError(
    `the answer would have more rows (buckets times groups) than the cap of ${limits.rows}: ask for fewer dimensions, a coarser ` +
      'bucket, a shorter range or a filter',
    { cap: limits.rows },
  )

/**
 * @param rest what the message advises for the rows beyond the page
 * @throws {AnswerTooLargeError}
 */
export function checkPageSize(name: string, asked: number, rest = 'and for the rest by after'): void {
  if (asked <= limits.page) return
  throw new AnswerTooLargeError(
    `${name}: ${asked} is more than the cap of ${limits.page} rows: ask for ${limits.page}, ${rest}`,
    { argument: name, cap: limits.page, asked },
  )
}
