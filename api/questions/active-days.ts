import type { GraphQLResolveInfo } from 'graphql'
import { areHalvesExact, readExactHalvesFrom } from '../../db/read/engagement/exact-halves.ts'
import { type ActiveDays, readActiveDays, type Somebody } from '../../db/read/engagement/profiles.ts'
import type { AttemptKind } from '../../domain/sightings/attempts.ts'
import { dayOf } from '../../domain/time/period.ts'
import type { ApiContext } from '../context/context.ts'
import { warnOfOldHalves } from './attempt-warnings.ts'

type DaysByAttempts = Partial<Record<AttemptKind, Promise<ActiveDays>>>

const known = new WeakMap<Somebody, DaysByAttempts>()

/**
 * The days of somebody with attempts of a kind, read once for all fields that are made of them. Warns if old bitmaps
 * count failures as logins.
 */
export async function activeDaysOf(
  context: ApiContext,
  somebody: Somebody,
  attempts: AttemptKind,
  info: GraphQLResolveInfo,
): Promise<ActiveDays> {
  const byAttempts = known.get(somebody) ?? {}
  known.set(somebody, byAttempts)
  const days = await (byAttempts[attempts] ??= context.read((session) =>
    readActiveDays(session, somebody, attempts),
  ))
  const exactFrom = attempts === 'all' ? null : await context.read(readExactHalvesFrom)
  const firstDay = dayOf(days.firstSeenDay.getTime())
  if (exactFrom !== null && !areHalvesExact(somebody.kind, { facet: 'all', attempts }, firstDay, exactFrom))
    warnOfOldHalves(context, info, exactFrom)
  return days
}
