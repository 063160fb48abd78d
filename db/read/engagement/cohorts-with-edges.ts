import { cutsOf, dayBefore, daysAndEdges, firstDaysOf } from '../../../domain/engagement/cover-days.ts'
import { MemberChunks } from '../../../domain/engagement/member-chunks.ts'
import { MemberSet } from '../../../domain/engagement/member-set.ts'
import type { CohortCell } from '../../../domain/engagement/retention.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { dayOf, type DayRange } from '../../../domain/time/period.ts'
import { bytesOfBits, readBinary } from '../binary-rows.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { addActiveIn, type CohortKind, type CohortLimits, firstSeen, type TooMany } from './cohort-bitmaps.ts'
import { type AddEdge, edgeReader } from './edge-members.ts'

/** Users by the value that their cohort is divided by. */
type ByValue = ReadonlyMap<string | null, MemberChunks>

const nobody: ByValue = new Map()

/**
 * Counts cohorts of spans that cut days of UTC (domain/engagement/cover-days.ts says who was first seen in one).
 * @returns in place of cells, what there would be too much of
 */
export async function readCohortsWithEdges(
  session: ReadSession,
  spans: readonly TimeBucket[],
  kind: CohortKind,
  limits: CohortLimits,
): Promise<CohortCell[] | TooMany> {
  const cuts = [...new Set(spans.flatMap(cutsOf))]
  const edges = [...spans.flatMap((span) => daysAndEdges(span).edges), ...cuts.map(dayBefore)]
  const addEdge = await edgeReader(session, edges, kind.attempts)
  const firstOfSpans = await readFirstSeen(session, spans.map(firstDaysOf), kind, limits)
  const firstOfCuts = await readFirstSeen(session, cuts.map(dayAround), kind, limits)
  if (firstOfSpans === null || firstOfCuts === null) return 'chunks'

  const ofCuts = new Map(cuts.map((cut, place) => [cut, firstOfCuts[place] ?? nobody]))
  return await countCells(session, { spans, firstOfSpans, ofCuts, kind, addEdge, most: limits.cells })
}

const chunksOf = (byValue: ByValue): number[] => [
  ...new Set(Array.from(byValue.values(), (members) => members.chunks).flat()),
]

const dayAround = (ms: number): DayRange => ({ from: dayOf(ms), to: dayOf(ms) + 1 })

/** Reads whose first day lies in each range. */
async function readFirstSeen(
  { sql }: ReadSession,
  ranges: readonly DayRange[],
  kind: CohortKind,
  { chunks: most }: CohortLimits,
): Promise<ByValue[] | null> {
  const rows = await readBinary<{ place: number; value: string | null; chunk: number; bits: Buffer }>(
    sql,
    'readFirstSeen',
    sql`
    select place, value, chunk, ${sql.unsafe(bytesOfBits('members'))} as bits
    from (
      select place, value, chunk, bit_or(members) as members from (${firstSeen(sql, ranges, kind)}) as first
      group by place, value, chunk
    ) as seen
    where bit_count(members) > 0
    limit ${most + 1}`,
  )
  if (rows.length > most) return null
  const found = ranges.map(() => new Map<string | null, MemberChunks>())
  for (const { place, value, chunk, bits } of rows) {
    const members = found[place]?.get(value) ?? new MemberChunks()
    members.addBits(chunk, bits)
    found[place]?.set(value, members)
  }
  return found
}

/** Those of a day (UTC) who were active on it before a moment. */
async function whoCameBefore(ms: number, ofDay: ByValue, addEdge: AddEdge): Promise<ByValue> {
  if (ofDay.size === 0) return ofDay
  const active = new MemberSet()
  await addEdge(active, dayBefore(ms))
  return new Map(Array.from(ofDay, ([value, members]) => [value, members.within(active)]))
}

/** @param before by moments: those who were first seen on its day before it */
function cohortOf({ fromMs, toMs }: TimeBucket, ofDays: ByValue, before: Map<number, ByValue>): ByValue {
  const cohort = new Map<string | null, MemberChunks>()
  for (const some of [ofDays, before.get(toMs) ?? nobody])
    for (const [value, members] of some) {
      const held = cohort.get(value) ?? new MemberChunks()
      held.addAll(members)
      cohort.set(value, held)
    }
  for (const [value, members] of before.get(fromMs) ?? []) cohort.get(value)?.removeAll(members)
  return cohort
}

type Counting = {
  spans: readonly TimeBucket[]
  /** Whose first day is one of those of each span (firstDaysOf). */
  firstOfSpans: readonly ByValue[]
  /** Whose first day is that of a moment at which a span cuts it, by these moments. */
  ofCuts: ReadonlyMap<number, ByValue>
  kind: CohortKind
  addEdge: AddEdge
  most: number
}

/** Span by span, so that who was active in one is in memory at a time. */
async function countCells(
  session: ReadSession,
  { spans, firstOfSpans, ofCuts, kind, addEdge, most }: Counting,
): Promise<CohortCell[] | TooMany> {
  const cells: CohortCell[] = []
  const chunks = new Set<number>()
  const cohorts: ByValue[] = []
  const before = new Map<number, ByValue>()
  for (const [place, span] of spans.entries()) {
    for (const cut of cutsOf(span))
      if (!before.has(cut)) before.set(cut, await whoCameBefore(cut, ofCuts.get(cut) ?? nobody, addEdge))
    const own = cohortOf(span, firstOfSpans[place] ?? nobody, before)
    cohorts.push(own)
    for (const chunk of chunksOf(own)) chunks.add(chunk)
    if (chunks.size === 0) continue
    const { days, edges } = daysAndEdges(span)
    const active = new MemberSet()
    await addActiveIn(active, session, { days, attempts: kind.attempts, chunks: [...chunks] })
    // The last one first: who came before the end of the span was just read.
    for (const edge of edges.toReversed()) await addEdge(active, edge)
    for (const [cohort, byValue] of cohorts.entries())
      for (const [value, members] of byValue) {
        const users = members.sharedWith(active)
        if (users > 0) cells.push({ cohort, value, activeIn: place, users: BigInt(users) })
      }
    if (cells.length > most) return 'cells'
  }
  return cells
}
