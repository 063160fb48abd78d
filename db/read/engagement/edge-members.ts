import { coverCells } from '../../../domain/engagement/cover-cells.ts'
import { cutIntoCells } from '../../../domain/engagement/cut-into-cells.ts'
import { MemberSet } from '../../../domain/engagement/member-set.ts'
import type { AttemptKind } from '../../../domain/sightings/attempts.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { anyLogin } from '../counts/count-filter.ts'
import type { CellSink, SetQuestion } from './set-cells.ts'
import { readMembers } from './set-days.ts'
import { addLists, withinLists } from './set-lists.ts'
import { addWaiting } from './set-waiting.ts'

/** Adds the users who were active in a part of a day. One call at a time; the part of the last one is in memory. */
export type AddEdge = (members: MemberSet, edge: TimeBucket) => Promise<void>

/**
 * Finds out where users of many parts of days are: what is listed is read part by part, so that one is in memory at a time, and
 * rows that wait to be listed are read for all at once. The lists of these days must be kept (kept-lists.ts).
 */
export async function edgeReader(
  session: ReadSession,
  edges: readonly TimeBucket[],
  attempts: AttemptKind,
): Promise<AddEdge> {
  const question: SetQuestion = { kind: 'user', by: [], filter: { ...anyLogin, attempts }, areNew: false }
  const distinct = [...new Map(edges.map((edge) => [keyOf(edge), edge])).values()]
  const { cells, ranges } = cutIntoCells(distinct)
  const cellsOf = new Map(distinct.map((edge, place) => [keyOf(edge), ranges[place]]))
  const {
    hours,
    parts,
    ranges: read,
  } = await withinLists(
    session,
    coverCells(cells, () => false),
  )
  const waiting = await readWaiting(session, question, { ranges: read, cells })
  const readEdge = async (edge: TimeBucket) => {
    const members = new MemberSet()
    const { from, to } = cellsOf.get(keyOf(edge)) ?? noCells
    const isInEdge = ({ cell }: { cell: number }) => cell >= from && cell < to
    for (const { numbers } of waiting.filter(isInEdge)) members.addAll(numbers)
    const sink = sinkOf((_, numbers) => {
      members.addAll(numbers)
    })
    const own = { hours: hours.filter(isInEdge), parts: parts.filter(isInEdge) }
    await addLists(new Map([[question.kind, sink]]), session, question, own, { bytes: Infinity })
    return members
  }
  let last = { key: '', members: new MemberSet() }
  return async (members, edge) => {
    if (last.key !== keyOf(edge)) last = { key: keyOf(edge), members: await readEdge(edge) }
    members.addSet(last.members)
  }
}

const noCells = { from: 0, to: 0 }

const keyOf = ({ fromMs, toMs }: TimeBucket) => `${fromMs} ${toMs}`

const sinkOf = (add: (cell: number, numbers: Int32Array) => void): CellSink => ({
  add: (_, cell, read) => {
    if (cell !== undefined) add(cell, read())
  },
})

/** Reads who has rows that wait to be listed, by cell. Who has no number yet is in no cohort: one number above all others stands for them. */
async function readWaiting(
  session: ReadSession,
  question: SetQuestion,
  within: { ranges: readonly TimeBucket[]; cells: readonly TimeBucket[] },
): Promise<{ cell: number; numbers: Int32Array }[]> {
  const waiting: { cell: number; numbers: Int32Array }[] = []
  const sink = sinkOf((cell, numbers) => waiting.push({ cell, numbers }))
  const withoutNumber = await readMembers(session, question.kind)
  await addWaiting(sink, session, question, { ...within, numberOf: () => withoutNumber })
  return waiting
}
