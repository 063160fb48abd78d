import { bucketMs, floorTo, type TimeBucket } from '../../../domain/time/bucket.ts'
import { type CountFilter, filteredDimensions } from './count-filter.ts'
import { readMinutesKeptFrom } from './kept-minutes.ts'
import { YEAR_10000_MS } from '../../../domain/time/iso-time.ts'
import { momentOf, type Page, type TimeRange } from '../keyset.ts'
import { loginsAsCounted, readLoginCounts } from './login-counts.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** Part of a range; `minutes`: all of it that has to be looked into, null: everything. */
export type Part = { range: TimeRange; minutes: TimeBucket[] | null }

/** How far from where a page begins it is looked for, part by part: a page of all logins is found in the last seconds. */
const PARTS_MS = [10_000, 300_000, 3_600_000, 6 * 3_600_000, 86_400_000]
/**
 * What few logins have is not looked for in each row of a longer part: the running day has no index of values yet
 * (db/login-rows/login-indexes.ts), but counts of them by minute.
 */
const COUNTED_FROM_MS = 300_000
/** Minutes that one statement looks into. */
const MOST_MINUTES = 16

/**
 * The parts of a range in the order of the page, so that whoever finds the page full asks for no more.
 * @param missing how many rows the page lacks
 */
export async function* partsOfRange(
  session: ReadSession,
  { event, dimensions }: { event: TimeRange; dimensions: CountFilter },
  page: Page,
  missing: () => number,
): AsyncGenerator<Part> {
  const startMs = await startOfPage(session, event, page)
  const isOfAnyValues = filteredDimensions(dimensions).length === 0
  let rest = event
  for (const lengthMs of startMs === null ? [] : PARTS_MS) {
    // A start is cut to the millisecond below.
    const at = new Date((startMs ?? 0) + (page.backwards ? lengthMs : -lengthMs))
    // No login is there, and some of it is no moment of Postgres either.
    if (at.getTime() < 0 || at.getTime() >= YEAR_10000_MS) continue
    if ((event.from !== null && at <= event.from) || (event.to !== null && at >= event.to)) continue
    const range = page.backwards ? { ...rest, to: at } : { ...rest, from: at }
    rest = page.backwards ? { ...rest, from: at } : { ...rest, to: at }
    if (isOfAnyValues || lengthMs <= COUNTED_FROM_MS) yield { range, minutes: null }
    else yield* countedParts(session, { range, dimensions }, page, missing)
  }
  yield { range: rest, minutes: null }
}

/** Unix milliseconds; null: the range has no end on the side where the page begins. */
async function startOfPage({ sql }: ReadSession, event: TimeRange, page: Page): Promise<number | null> {
  const from = page.backwards ? page.before : page.after
  if (from !== null) return momentOf(from)
  if (page.backwards) return event.from?.getTime() ?? null
  const [row] = await sql<{ watermark: Date | null }[]>`
    /* startOfPage */ select max(watermark) as watermark from partition_checkpoint`
  const ends = [event.to, row?.watermark].flatMap((end) => end?.getTime() ?? [])
  return ends.length === 0 ? null : Math.min(...ends)
}

/** Minutes that have logins by their counts, which are of the same snapshot as the rows; the range whole where they do not tell. */
async function* countedParts(
  session: ReadSession,
  { range, dimensions }: { range: TimeRange; dimensions: CountFilter },
  { backwards }: Page,
  missing: () => number,
): AsyncGenerator<Part> {
  const minutes = await minutesWithLogins(session, range, dimensions)
  if (minutes === null) {
    yield { range, minutes: null }
    return
  }
  if (!backwards) minutes.reverse()
  while (minutes.length > 0) {
    let logins = 0n
    const isEnough = ({ logins: more }: Counted) => (logins += more) >= missing()
    const enough = minutes.findIndex(isEnough) + 1
    const some = minutes.splice(0, Math.min(enough === 0 ? MOST_MINUTES : enough, MOST_MINUTES))
    yield { range, minutes: some }
  }
}

type Counted = TimeBucket & { logins: bigint }

/** In order; null: minutes of the range are not kept any more. */
async function minutesWithLogins(
  session: ReadSession,
  { from, to }: TimeRange,
  filter: CountFilter,
): Promise<Counted[] | null> {
  if (from === null || to === null) return null
  const keptFrom = await readMinutesKeptFrom(session)
  const firstMs = floorTo(from.getTime(), bucketMs.minute)
  if (keptFrom !== null && firstMs < keptFrom.getTime()) return null
  const count = Math.ceil((to.getTime() - firstMs) / bucketMs.minute)
  const minutes = Array.from({ length: count }, (_, i) => firstMs + i * bucketMs.minute).map((fromMs) => ({
    fromMs,
    toMs: fromMs + bucketMs.minute,
    logins: 0n,
  }))
  const counts = await readLoginCounts(session, minutes, loginsAsCounted(filter), count)
  for (const { places, logins } of counts ?? [])
    places.forEach((place, i) => {
      const minute = minutes[place]
      if (minute !== undefined) minute.logins += logins[i] ?? 0n
    })
  return counts === null ? null : minutes.filter(({ logins }) => logins > 0n)
}
