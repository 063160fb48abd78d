import { ActivityInCells } from '../../../domain/engagement/activity-in-cells.ts'
import { CHUNK_BYTES } from '../../../domain/engagement/bitmap.ts'
import { type CellCover, joined } from '../../../domain/engagement/cover-cells.ts'
import type { SpanCell } from '../../../domain/engagement/cut-into-cells.ts'
import { numbersOfChunk } from '../../../domain/engagement/read-numbers.ts'
import { UnnumberedMembers } from '../../../domain/measures/unnumbered-members.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { bytesOfBits, readBinary } from '../binary-rows.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import type { CellQuestion, CellSink, SetQuestion } from './set-cells.ts'
import { bitmapsOfPeriods, periodsOfDays, readMembers } from './set-days.ts'
import type { SetFacet } from './set-facets.ts'
import { groupNames, type GroupValues, keyOfStored, valuesBy } from './set-groups.ts'
import { addLists } from './set-lists.ts'
import { addWaiting, type NumberOf } from './set-waiting.ts'
import { bitmapsAtOnce, slicesOf } from './statement-slices.ts'

/** Who of a kind was active in which cell, by group. */
export type KindActivity = {
  inCells: ActivityInCells<GroupValues>
  /** How many have a number. */
  members: number
  numberOf: NumberOf
  /** Above all numbers that were given. */
  countOf: () => number
}

type CellsToRead = { cells: readonly SpanCell[]; cover: CellCover; most: number }

/**
 * Reads who was active in cells, of each kind that questions ask about.
 * @param questions of the same groups and filter
 * @returns null when the lists of all kinds, or the bitmaps of one, have more bytes than the most
 */
export async function readKindsInCells(
  session: ReadSession,
  questions: readonly CellQuestion[],
  { cells, cover, most }: CellsToRead,
): Promise<ReadonlyMap<SightingKind, KindActivity> | null> {
  const ofKind = new Map(questions.map((asked) => [asked.question.kind, asked]))
  const activities = new Map<SightingKind, KindActivity>()
  const sinks = new Map<SightingKind, CellSink>()
  for (const [kind, { question }] of ofKind) {
    const activity = await activityOf(session, kind)
    activities.set(kind, activity)
    sinks.set(kind, sinkOf(activity.inCells, question))
  }
  // Bitmaps lack what waits, too.
  const ranges = joined(cells.filter(({ isInSpan }) => isInSpan))
  const reads = Array.from(ofKind, async ([kind, { question, facet }]) => {
    const [activity, sink] = [activities.get(kind), sinks.get(kind)]
    if (activity === undefined || sink === undefined) return true
    const { members, numberOf } = activity
    await addWaiting(sink, session, question, { ranges, cells, numberOf })
    return (
      facet === null || (await addDays(sink, session, question, facet, { days: cover.days, members, most }))
    )
  })
  const [first] = questions
  if (first !== undefined) reads.push(addLists(sinks, session, first.question, cover, { bytes: most }))
  const areRead = await Promise.all(reads)
  return areRead.every(Boolean) ? activities : null
}

async function activityOf(session: ReadSession, kind: SightingKind): Promise<KindActivity> {
  const members = await readMembers(session, kind)
  const unnumbered = new UnnumberedMembers()
  return {
    inCells: new ActivityInCells(),
    members,
    numberOf: (id) => members - 1 - unnumbered.numberOf(kind, id),
    countOf: () => members + unnumbered.countOf(kind),
  }
}

function sinkOf(inCells: ActivityInCells<GroupValues>, { by, among }: SetQuestion): CellSink {
  return {
    add: (values, cell, read) => {
      const key = keyOfStored(by, values)
      if (cell === undefined || among?.groups.has(key) === false) return
      if (among?.areTogether === true) inCells.add('', {}, cell, read)
      else inCells.add(key, values, cell, read)
    },
  }
}

/** @returns false when the bitmaps have more than `most` bytes; then not all of them are read */
async function addDays(
  sink: CellSink,
  { sql }: ReadSession,
  { kind, by }: SetQuestion,
  facet: SetFacet,
  { days, members, most }: { days: CellCover['days']; members: number; most: number },
): Promise<boolean> {
  const names = groupNames(sql, by)
  const numbered = days.map(({ cell, ...range }) => ({ ...range, number: cell }))
  let left = Math.floor(most / CHUNK_BYTES)
  for (const slice of slicesOf(numbered, bitmapsAtOnce(members))) {
    const rows = await readBinary<GroupValues & { number: number; chunk: number; bits: Buffer }>(
      sql,
      'addDays',
      sql`
      select number, ${names} chunk, ${sql.unsafe(bytesOfBits('bit_or(members)'))} as bits
      from (${bitmapsOfPeriods(sql, kind, facet, by, periodsOfDays(slice))}) as piece
      group by number, ${names} chunk
      limit ${left + 1}`,
    )
    left -= rows.length
    if (left < 0) return false
    for (const row of rows) sink.add(valuesBy(by, row), row.number, () => numbersOfChunk(row.chunk, row.bits))
  }
  return true
}
