import type { GraphQLResolveInfo } from 'graphql'
import type { CountSource } from '../../db/read/counts/count-moment.ts'
import type { Calendar, CalendarBucket } from '../../domain/time/calendar.ts'
import type { TimeBucket } from '../../domain/time/bucket.ts'
import type { ApiContext } from '../context/context.ts'
import type { Freshness } from '../context/freshness.ts'
import { selectsAnywhere } from './selects.ts'

/** What a bucket says of itself. */
export type Marks = { isComplete: boolean; isCut: boolean }

/** Whether a stretch of time is over and all that is known of it counted (api/schema/fields/marks.ts says it in words). */
export type IsComplete = (bucket: TimeBucket) => boolean

export const isCompleteBy =
  ({ countedToMs, parkedToMs }: Pick<Freshness, 'countedToMs' | 'parkedToMs'>, nowMs: number): IsComplete =>
  ({ fromMs, toMs }) =>
    toMs <= nowMs && toMs <= countedToMs && fromMs >= parkedToMs

/** Tells what is complete in an answer; Kafka and the checkpoints are asked only for who wants to know. */
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

/** When counts are of: what ended later was not over. Buckets end on minutes, so the minute that runs is as good as now. */
function momentOf(source: CountSource | undefined, nowMs: number): number {
  if (source === undefined || source.kind === 'now') return nowMs
  const { since, until } = source.written
  const moment = source.kind === 'only' ? until : since
  return moment === null ? nowMs : Math.min(nowMs, Date.parse(moment))
}

/** Marks of the buckets that a range was cut into, in their order. */
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
