import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { HeldSets } from '../../../domain/engagement/set-sources.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { areHalvesExact, readExactHalvesFrom } from './exact-halves.ts'
import { readListsKeptFrom } from './kept-lists.ts'
import { type MadeDays, readMadeDays } from './made-spans.ts'
import type { SetQuestion } from './set-cells.ts'
import { areSpansMade, type SetFacet, setFacetOf } from './set-facets.ts'

/** What the snapshot has to answer a question with, and the bitmaps that do. */
export type FoundSets = { held: HeldSets; facet: SetFacet | null }

const noDays: MadeDays = new Map()

/**
 * Finds out what there is to answer questions with; see HeldSets.
 * @param range all spans that are asked for lie within it
 * @returns in the order of the questions
 */
export async function readHeldSets(
  session: ReadSession,
  questions: readonly SetQuestion[],
  range: TimeBucket,
): Promise<FoundSets[]> {
  const listsFromMs = (await readListsKeptFrom(session)).getTime()
  const exactFrom = await readExactHalvesFrom(session)
  const areAllListed = questions.some(({ areNew }) => areNew) && (await areLoginsListed(session, listsFromMs))
  const found = questions.map(({ kind, by, filter, areNew }) => {
    const facet = setFacetOf(kind, by, filter)
    const canBeMade = facet !== null && areSpansMade(kind, facet, by) && (!areNew || areAllListed)
    return { kind, facet, canBeMade, areNew }
  })
  const days = { from: Math.floor(range.fromMs / DAY_MS), to: Math.ceil(range.toMs / DAY_MS) }
  const made: MadeDays = found.some(({ canBeMade }) => canBeMade) ? await readMadeDays(session, days) : noDays
  return found.map(({ kind, facet, canBeMade, areNew }) => ({
    facet,
    held: {
      areInBitmaps: facet !== null,
      exactFrom:
        facet === null || areHalvesExact(kind, facet, -Infinity, exactFrom)
          ? -Infinity
          : (exactFrom ?? -Infinity),
      listsFromMs,
      isDayMade: canBeMade ? (day) => (areNew ? made.get(day) === true : made.has(day)) : null,
    },
  }))
}

/**
 * Whether all logins that there ever were are listed. Otherwise made spans take users for new whose first login is not
 * listed.
 */
async function areLoginsListed({ sql }: ReadSession, listsFromMs: number): Promise<boolean> {
  const [first] = await sql<{ day: number | null }[]>`
    /* areLoginsListed */
    select min(start) - date '1970-01-01' as day from engagement
    where kind = 'user' and period = 'day' and facet = 'first' and attempts = 'logins' and value = ''`
  return first?.day == null || first.day * DAY_MS >= listsFromMs
}
