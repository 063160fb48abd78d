import { areReadByDays, type HeldSets } from '../../../domain/engagement/set-sources.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import type { FoundSets } from './held-sets.ts'
import { countInCells, type SetQuestion } from './set-cells.ts'
import type { GroupCount } from './set-days.ts'
import { type NumberedSource, readSets, type SetLimits } from './sets.ts'

/** A question, what there is to answer it with, and what is to answer it. */
export type AskedSets = FoundSets & { question: SetQuestion; sources: readonly NumberedSource[] }

type CellSource = Extract<NumberedSource, { kind: 'cells' }>

/**
 * As readSets, for several questions of the same groups and filter. What is counted by who was active in the same cells is read
 * once for all kinds.
 * @returns in the order of the questions
 */
export async function readSetsTogether(
  session: ReadSession,
  asked: readonly AskedSets[],
  limits: Omit<SetLimits, 'areByDays'>,
): Promise<GroupCount[][] | 'bytes' | 'bitmaps'> {
  const counts = asked.map((): GroupCount[] => [])
  const places = Map.groupBy(asked.keys(), (place) => keyOfCells(asked[place]))
  for (const own of places.values()) {
    const together = own.flatMap((place) => asked[place] ?? [])
    const found = await readAlike(session, together, limits)
    if (typeof found === 'string') return found
    own.forEach((place, i) => counts[place]?.push(...(found[i] ?? [])))
  }
  return counts
}

/** The same text for questions whose members are read from the same cells in the same way. */
const keyOfCells = (asked: AskedSets | undefined): string =>
  asked === undefined ? '' : JSON.stringify([rulesOf(asked.held), cellsOf(asked).map(({ span }) => span)])

const rulesOf = ({ areInBitmaps, exactFrom, listsFromMs }: HeldSets) => [areInBitmaps, exactFrom, listsFromMs]

const cellsOf = ({ sources }: AskedSets): CellSource[] => sources.filter((source) => source.kind === 'cells')

async function readAlike(
  session: ReadSession,
  asked: readonly AskedSets[],
  most: Omit<SetLimits, 'areByDays'>,
): Promise<GroupCount[][] | 'bytes' | 'bitmaps'> {
  const [first] = asked
  if (first === undefined) return []
  const limits = { ...most, areByDays: areReadByDays(first.held) }
  const spans = cellsOf(first)
  const inCells = await countInCells(session, asked, spans, limits)
  if (inCells === null) return 'bytes'
  const counts: GroupCount[][] = []
  for (const [place, { question, facet, sources, ...rest }] of asked.entries()) {
    const others = sources.filter((source) => source.kind !== 'cells')
    const found = await readSets(session, question, facet, others, limits)
    if (typeof found === 'string') return found
    // Each question has numbers of its own for the same spans.
    const own = new Map(
      cellsOf({ question, facet, sources, ...rest }).map(({ number }, i) => [spans[i]?.number, number]),
    )
    const cells = (inCells[place] ?? []).map((count) => ({
      ...count,
      number: own.get(count.number) ?? count.number,
    }))
    counts.push([...found, ...cells])
  }
  return counts
}
