import { daysOfSpan, type SetSource } from '../../../domain/engagement/set-sources.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { ofValues } from '../counts/set-filter.ts'
import { keyOfMade, type MadeSource, readMade } from './made-sets.ts'
import { type CellLimits, countInCells, type SetQuestion } from './set-cells.ts'
import { countByDays, type GroupCount } from './set-days.ts'
import type { SetFacet } from './set-facets.ts'

/** What answers a span, and the number that stands for it. */
export type NumberedSource = SetSource & { number: number }

/** @param mostBitmaps how many may be added up inside Postgres; see countInCells for the others */
export type SetLimits = CellLimits & { mostBitmaps: number }

/**
 * Counts the different members of spans by group; groups and spans without any are left out.
 * @param facet the bitmaps that know them; null: none do
 * @returns in place of counts, what has more than its limit: bytes that are sent, or bitmaps
 */
export async function readSets(
  session: ReadSession,
  question: SetQuestion,
  facet: SetFacet | null,
  sources: readonly NumberedSource[],
  limits: SetLimits,
): Promise<GroupCount[] | 'bytes' | 'bitmaps'> {
  const made = sources.filter((source) => source.kind === 'made')
  const kept = sources.filter((source) => source.kind !== 'made')
  const some = await readKept(session, question, facet, kept, limits)
  if (typeof some === 'string' || facet === null || made.length === 0) return some
  const { counts, lacking } = await readMade(session, question, facet, made)
  if (lacking.values.length === 0) return [...counts, ...some]
  const { facet: name } = facet
  const isOfEverybody = name === 'all' || name === 'first'
  const filter = isOfEverybody ? question.filter : ofValues(question.filter, name, lacking.values)
  const others = await readKept(
    session,
    { ...question, filter },
    { ...facet, values: lacking.values },
    lacking.spans.map(asKept),
    limits,
  )
  if (typeof others === 'string') return others
  const known = new Set(counts.map(({ value, number }) => keyOfMade(value, number)))
  const valueOf = ({ values }: GroupCount) => question.by.map((name) => values[name])[0] ?? lacking.values[0]
  const missing = others.filter((count) => !known.has(keyOfMade(valueOf(count) ?? '', count.number)))
  return [...counts, ...missing, ...some]
}

/** Counts by bitmaps of days and by who was active in cells. */
async function readKept(
  session: ReadSession,
  question: SetQuestion,
  facet: SetFacet | null,
  sources: readonly Exclude<NumberedSource, { kind: 'made' }>[],
  limits: SetLimits,
): Promise<GroupCount[] | 'bytes' | 'bitmaps'> {
  const days = sources.flatMap((source) =>
    source.kind === 'days' ? [{ number: source.number, ...source.days }] : [],
  )
  const cells = sources.filter((source) => source.kind === 'cells')
  const [byDays, inCells] = await Promise.all([
    facet === null ? [] : countByDays(session, question, facet, days, limits.mostBitmaps),
    countInCells(session, [{ question, facet }], cells, limits),
  ])
  if (byDays === null) return 'bitmaps'
  return inCells === null ? 'bytes' : [...byDays, ...inCells.flat()]
}

/** What answers a span that is made for other values. */
function asKept({ number, span }: MadeSource): Exclude<NumberedSource, { kind: 'made' }> {
  const days = daysOfSpan(span)
  return days === null ? { kind: 'cells', number, span } : { kind: 'days', number, days }
}
