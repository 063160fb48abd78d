import { bucketMs, floorTo, type TimeBucket } from '../../../domain/time/bucket.ts'
import { type CountFilter, filteredDimensions } from './count-filter.ts'
import { readMinutesKeptFrom } from './kept-minutes.ts'
import { YEAR_10000_MS } from '../../../domain/time/iso-time.ts'
import { momentOf, type Page, type TimeRange } from '../keyset.ts'
import { loginsAsCounted, readLoginCounts } from './login-counts.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** A part of a range. `minutes` are those in which rows have to be looked for; null: all of the part. */
export type Part = { range: TimeRange; minutes: TimeBucket[] | null }

/**
 * Lengths of the parts, from where a page begins: the last seconds already hold a page if all logins are
 * asked for.
 */
const PARTS_MS = [10_000, 300_000, 3_600_000, 6 * 3_600_000, 86_400_000]
/**
 * In parts longer than this, rare values are not looked for in every row: the running day has no index of
 * values yet (db/login-rows/login-indexes.ts), but its counts tell which minutes have them.
 */
const COUNTED_FROM_MS = 300_000
/** How many minutes one statement looks into at most. */
const MOST_MINUTES = 16

/**
 * Yields the parts of a range in the order of the page: the caller stops once the page is full.
 * @param missing returns how many rows the page still lacks
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
    // The start was cut to whole milliseconds.
    const at = new Date((startMs ?? 0) + (page.backwards ? lengthMs : -lengthMs))
    // No login lies there, and Postgres does not know every such moment.
    if (at.getTime() < 0 || at.getTime() >= YEAR_10000_MS) continue
    if ((event.from !== null && at <= event.from) || (event.to !== null && at >= event.to)) continue
    const range = page.backwards ? { ...rest, to: at } : { ...rest, from: at }
    rest = page.backwards ? { ...rest, from: at } : { ...rest, to: at }
    if (isOfAnyValues || lengthMs <= COUNTED_FROM_MS) yield { range, minutes: null }
    else yield* countedParts(session, { range, dimensions }, page, missing)
  }
  yield { range: rest, minutes: null }
}

/** Where the page begins (Unix milliseconds); null: the range has no bound on that side. */
async function startOfPage({ sql }: ReadSession, event: TimeRange, page: Page): Promise<number | null> {
  const from = page.backwards ? page.before : page.after
  if (from !== null) return momentOf(from)
  if (page.backwards) return event.from?.getTime() ?? null
  const [row] = await sql<{ watermark: Date | null }[]>`
    /* startOfPage */ select max(watermark) as watermark from partition_checkpoint`
  const ends = [event.to, row?.watermark].flatMap((end) => end?.getTime() ?? [])
  return ends.length === 0 ? null : Math.min(...ends)
}

/**
 * Yields the minutes that have logins of the filter, by their counts in the same snapshot; the whole range
 * where minutes are not kept.
 */
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

/**
 * Reads the minutes of a range that have logins, in order. Null: the range has no bounds, or minutes that are
 * not kept.
 */
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
      if (minute !== undefined) minute.logins += BigInt(logins[i] ?? 0)
    })
  return counts === null ? null : minutes.filter(({ logins }) => logins > 0n)
}
