import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql'
import { readAttemptsOfDay } from '../../db/read/counts/first-attempt.ts'
import type { AttemptsAround, AttemptsKnown } from '../../db/read/counts/attempts-around.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { floorTo, type TimeBucket } from '../../domain/time/bucket.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import { type Calendar, type CalendarBucket, isClock } from '../../domain/time/calendar.ts'
import type { ApiContext } from '../context/context.ts'

type Spans = {
  calendar: Calendar
  bucket: CalendarBucket | null
  /** The range asked for, and those of `compareTo` in order. */
  ranges: readonly TimeBucket[]
}

/** As long as nobody was counted, nobody may have been looked at: longer than any holidays. */
const SILENCE_DAYS = 30

type Context = Pick<ApiContext, 'attemptsKnown' | 'read' | 'warnings'>

/** What is known around the beginnings of ranges; read once for the same ones. */
export const knownAround = (
  { attemptsKnown }: Pick<ApiContext, 'attemptsKnown'>,
  ranges: readonly TimeBucket[],
): Promise<AttemptsKnown> => attemptsKnown(ranges.map(({ fromMs }) => floorTo(fromMs, DAY_MS)))

/**
 * Warns if the range of a question, or one that it is compared with, begins before the first attempt that was
 * counted, or in a silence of 30 days without any: then 0 says that nothing is known, or may say so. A night without attempts
 * says nothing, so the day with which the range begins, or its minute or hour if such buckets are asked for, has to be over
 * before. Says nothing while nothing was counted from there on.
 */
export async function warnBeforeFirst(
  context: Context,
  info: Pick<GraphQLResolveInfo, 'path'>,
  { calendar, bucket, ranges }: Spans,
): Promise<void> {
  const unit = bucket !== null && isClock(bucket) ? bucket : 'day'
  const { around } = await knownAround(context, ranges)
  const path = responsePathAsArray(info.path)
  for (const [i, range] of ranges.entries()) {
    const found = await emptyBeginning(context, around[i], calendar.endOf(unit, range.fromMs))
    if (found === null) continue
    const argument = i === 0 ? 'from' : `compareTo[${i - 1}]`
    const code = found.last === null ? 'BEFORE_FIRST_ATTEMPT' : 'IN_SILENCE'
    context.warnings.push({ code, path, argument, message: messageOf(range, found, i === 0) })
  }
}

/** A stretch of time without attempts. */
type Silence = {
  /** The last attempt before it; null: there is none. */
  last: Date | null
  /** The first attempt after it. */
  first: Date
}

/**
 * The silence in which a range begins, if that is long enough to be told.
 * @param endMs end of the unit of time with which the range begins
 */
async function emptyBeginning(
  { read }: Context,
  around: AttemptsAround | undefined,
  endMs: number,
): Promise<Silence | null> {
  if (around?.fromMs == null) return null
  const { beforeMs, fromMs } = around
  // Practically every range begins later, and needs no look at the minutes of that day.
  if (endMs >= fromMs + DAY_MS || (beforeMs !== null && fromMs - beforeMs <= SILENCE_DAYS * DAY_MS))
    return null
  const first = (await read((session) => readAttemptsOfDay(session, fromMs)))?.first
  if (first === undefined || endMs > first.getTime()) return null
  const before = beforeMs === null ? null : await read((session) => readAttemptsOfDay(session, beforeMs))
  return { first, last: before?.last ?? null }
}

function messageOf({ fromMs, toMs }: TimeBucket, { last, first }: Silence, isAsked: boolean): string {
  const what = isAsked ? 'the range' : 'what it is compared with'
  const isAll = toMs <= first.getTime()
  const span = isAll ? `ends at ${isoTime(toMs)}` : `begins at ${isoTime(fromMs)}`
  if (last === null) {
    const known = `the first attempt that was counted is of ${isoTime(first.getTime())}`
    return `${what} ${span}, and ${known}: ${isAll ? 'its 0 says that nothing is known of it' : 'until then 0 says that nothing is known'}`
  }
  const silence = `no attempt was counted between ${isoTime(last.getTime())} and ${isoTime(first.getTime())}`
  return `${what} ${span}, and ${silence}: ${isAll ? 'its 0' : '0 until then'} may say that nothing is known, as before the first attempt`
}
