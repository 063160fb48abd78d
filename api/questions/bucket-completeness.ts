import type { GraphQLResolveInfo } from 'graphql'
import type { CountSource } from '../../db/read/counts/count-moment.ts'
import type { Calendar, CalendarBucket } from '../../domain/time/calendar.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import type { ApiContext } from '../context/context.ts'
import type { Freshness } from '../context/freshness.ts'
import { selectsAnywhere } from './selected-fields.ts'

/** Whether a bucket is over and counted, and whether the range covers only a part of it. */
export type Marks = { isComplete: boolean; isCut: boolean }

/**
 * Whether a bucket is over and all its logins that are known are counted (the definition is in
 * api/schema/fields/marks.ts).
 */
export type IsComplete = (bucket: TimeBucket) => boolean

export const isCompleteBy =
  ({ countedToMs, parkedToMs }: Pick<Freshness, 'countedToMs' | 'parkedToMs'>, nowMs: number): IsComplete =>
  ({ fromMs, toMs }) =>
    toMs <= nowMs && toMs <= countedToMs && fromMs >= parkedToMs

/**
 * Decides which buckets of an answer are complete. Kafka and the checkpoints are asked only if the query
 * selects `isComplete`.
 */
export async function completenessFor(
  context: ApiContext,
  info: GraphQLResolveInfo,
  {
    readFreshness = context.freshness,
    source,
  }: { readFreshness?: () => Promise<Freshness>; source?: CountSource } = {},
): Promise<IsComplete> {
  if (!selectsAnywhere(info, 'isComplete')) return () => false
  return isCompleteBy(await readFreshness(), momentOf(source, context.clock.minuteMs))
}

/**
 * The moment, Unix milliseconds, as of which counts are: a bucket that ends later was not over. Buckets end
 * on whole minutes, so the start of the current minute will do for now.
 */
function momentOf(source: CountSource | undefined, nowMs: number): number {
  if (source === undefined || source.kind === 'now') return nowMs
  const { since, until } = source.written
  const moment = source.kind === 'only' ? until : since
  return moment === null ? nowMs : Math.min(nowMs, Date.parse(moment))
}

/** The marks of the buckets of a range, in their order. */
export function marksOf(
  {
    calendar,
    bucket,
    buckets,
  }: { calendar: Calendar; bucket: CalendarBucket; buckets: readonly TimeBucket[] },
  isComplete: IsComplete,
): Marks[] {
  const last = buckets.length - 1
  return buckets.map((one, place) => ({
    isComplete: isComplete(one),
    isCut:
      (place === 0 && beginsLate(calendar, bucket, one)) ||
      (place === last && endsEarly(calendar, bucket, one)),
  }))
}

const beginsLate = (calendar: Calendar, bucket: CalendarBucket, { fromMs }: TimeBucket): boolean =>
  calendar.startOf(bucket, fromMs) !== fromMs

const endsEarly = (calendar: Calendar, bucket: CalendarBucket, { fromMs, toMs }: TimeBucket): boolean =>
  calendar.endOf(bucket, fromMs) !== toMs
