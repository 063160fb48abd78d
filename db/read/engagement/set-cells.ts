import { ActivityInCells, type ReadNumbers } from '../../../domain/engagement/activity-in-cells.ts'
import { type CellCover, coverCells, joined } from '../../../domain/engagement/cover-cells.ts'
import { CHUNK_BYTES } from '../../../domain/engagement/bitmap.ts'
import { cutsOf } from '../../../domain/engagement/cover-days.ts'
import { cutIntoCells, type SpanCell } from '../../../domain/engagement/cut-into-cells.ts'
import { DistinctInSpans } from '../../../domain/engagement/distinct-in-spans.ts'
import { numbersOfChunk } from '../../../domain/engagement/read-numbers.ts'
import type { NumberedSpan } from '../../../domain/measures/cells.ts'
import { UnnumberedMembers } from '../../../domain/measures/unnumbered-members.ts'
import type { GroupName } from '../../../domain/counts/dimensions.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { floorTo, type TimeBucket } from '../../../domain/time/bucket.ts'
import { DAY_MS, type DayRange } from '../../../domain/time/period.ts'
import { bytesOf, encodedBits } from '../bytes.ts'
import type { SetFilter } from '../counts/set-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { readFirstCells } from './first-cells.ts'
import { bitmapsOfPeriods, type GroupCount, periodsOfDays, readMembers } from './set-days.ts'
import { bitmapsAtOnce, slicesOf } from './statement-slices.ts'
import type { SetFacet } from './set-facets.ts'
import { groupNames, type GroupValues, keyOfStored } from './set-groups.ts'
import { addParts, addWholeHours, bytesListed, withinLists } from './set-lists.ts'
import { addWaiting } from './set-waiting.ts'

/** Members of a kind by groups: those with an attempt of the filter. */
export type SetQuestion = {
  kind: SightingKind
  by: readonly GroupName[]
  filter: SetFilter
  /** Whether only those count whose first attempt (of the filter's attempts, whatever its values) lies in the span. */
  areNew: boolean
  /** Only these groups (keyOfStored), each by itself or all of them together; left out: all, each by itself. */
  among?: { groups: ReadonlySet<string>; areTogether: boolean }
}

/** Takes who was active in a cell; of no cell: nothing. */
export type CellSink = { add: (values: GroupValues, cell: number | undefined, read: ReadNumbers) => void }

export type CellLimits = {
  /** Whether days within a cell are read from bitmaps. */
  areByDays: (days: DayRange) => boolean
  /** Bytes that may be read from lists, and as many from bitmaps. */
  most: number
}

/**
 * Counts the different members of spans by who was active in their cells: from bitmaps of whole days, from the lists of hours,
 * and from the rows of batches that wait to be listed.
 * @param facet null: no bitmaps know them
 * @returns null when lists or bitmaps have more than the limit
 */
export async function countInCells(
  session: ReadSession,
  question: SetQuestion,
  facet: SetFacet | null,
  spans: readonly NumberedSpan[],
  { areByDays, most }: CellLimits,
): Promise<GroupCount[] | null> {
  if (spans.length === 0) return []
  const within = spans.map(({ span }) => span)
  // New members take the days that spans cut as a whole: they may have been active there before.
  const { cells, ranges } = cutIntoCells(within, question.areNew ? daysCut(within) : [])
  const cover = await withinLists(session, coverCells(cells.map(inSpan), areByDays))
  if ((await bytesListed(session, question, cover)) > most) return null
  const members = await readMembers(session, question.kind)
  const unnumbered = new UnnumberedMembers()
  const numberOf = (id: string) => members - 1 - unnumbered.numberOf(question.kind, id)
  const known = { cells, members, numberOf }
  const firsts = question.areNew ? await readFirstCells(session, question, known, most) : null
  if (question.areNew && firsts === null) return null
  const activity = new ActivityInCells<GroupValues>()
  const sink = sinkOf(activity, question)
  // Bitmaps lack what waits, too.
  const waiting = joined(cells.filter(({ isInSpan }) => isInSpan))
  const [areDaysRead] = await Promise.all([
    facet === null || addDays(sink, session, question, { facet, days: cover.days, members, most }),
    addWaiting(sink, session, question, { ranges: waiting, cells, numberOf }),
    addWholeHours(sink, session, question, cover.hours),
    addParts(sink, session, question, cover.parts),
  ])
  if (!areDaysRead) return null
  const counter = new DistinctInSpans(ranges, members + unnumbered.countOf(question.kind))
  return [...activity.groups()].flatMap(({ values, activityIn }) => {
    const counts = firsts === null ? counter.count(activityIn) : counter.countNew(activityIn, firsts)
    return counts.flatMap((count, i) => {
      const number = spans[i]?.number
      return number === undefined || count === 0 ? [] : [{ values, number, members: count }]
    })
  })
}

function sinkOf(activity: ActivityInCells<GroupValues>, { by, among }: SetQuestion): CellSink {
  return {
    add: (values, cell, read) => {
      const key = keyOfStored(by, values)
      if (cell === undefined || among?.groups.has(key) === false) return
      if (among?.areTogether === true) activity.add('', {}, cell, read)
      else activity.add(key, values, cell, read)
    },
  }
}

/** The days (UTC) that spans cut. */
const daysCut = (spans: readonly TimeBucket[]): TimeBucket[] =>
  [...new Set(spans.flatMap(cutsOf).map((ms) => floorTo(ms, DAY_MS)))].map((fromMs) => ({
    fromMs,
    toMs: fromMs + DAY_MS,
  }))

/** A cell, or nothing of one that is in no span. */
const inSpan = ({ fromMs, toMs, isInSpan }: SpanCell): TimeBucket => ({
  fromMs,
  toMs: isInSpan ? toMs : fromMs,
})

/** @returns false when the bitmaps have more than `most` bytes; then not all of them are read */
async function addDays(
  sink: CellSink,
  { sql }: ReadSession,
  { kind, by }: SetQuestion,
  { facet, days, members, most }: { facet: SetFacet; days: CellCover['days']; members: number; most: number },
): Promise<boolean> {
  const names = groupNames(sql, by)
  const numbered = days.map(({ cell, ...range }) => ({ ...range, number: cell }))
  let left = Math.floor(most / CHUNK_BYTES)
  for (const slice of slicesOf(numbered, bitmapsAtOnce(members))) {
    const rows = await sql<(GroupValues & { number: number; chunk: number; bits: string })[]>`
      /* addDays */
      select number, ${names} chunk, ${sql.unsafe(encodedBits('bit_or(members)'))} as bits
      from (${bitmapsOfPeriods(sql, kind, facet, by, periodsOfDays(slice))}) as piece
      group by number, ${names} chunk
      limit ${left + 1}`
    left -= rows.length
    if (left < 0) return false
    for (const { number, chunk, bits, ...values } of rows) {
      const bytes = bytesOf(bits)
      sink.add(values, number, () => numbersOfChunk(chunk, bytes))
    }
  }
  return true
}
