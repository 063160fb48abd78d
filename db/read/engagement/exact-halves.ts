import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import type { SetFacet } from './set-facets.ts'
import { dayOf } from '../../../domain/time/period.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/**
 * The first day (days since 1970-01-01) from which on all bitmaps tell logins and failures apart. Before it, some have
 * all attempts as logins, because they are of Rollcall 0.3.1 or older. Null: there is no such day.
 */
export async function readExactHalvesFrom({ sql }: ReadSession): Promise<number | null> {
  const [bound] = await sql<{ kept_from: Date }[]>`
    /* readExactHalvesFrom */
    select kept_from from retention_bound where what = 'attempt_halves'`
  return bound === undefined ? null : dayOf(bound.kept_from.getTime())
}

/**
 * Whether bitmaps have exactly the wanted attempts.
 * @param firstDay of the bitmaps, in days since 1970-01-01
 * @param exactFrom result of readExactHalvesFrom
 */
export const areHalvesExact = (
  kind: SightingKind,
  { facet, attempts }: Pick<SetFacet, 'facet' | 'attempts'>,
  firstDay: number,
  exactFrom: number | null,
): boolean =>
  attempts === 'all' ||
  exactFrom === null ||
  firstDay >= exactFrom ||
  // Old bitmaps of outcomes, which only users have, told the halves apart.
  (kind === 'user' && (facet === 'all' || facet === 'outcome'))
