import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql'
import { areHalvesExact, readExactHalvesFrom } from '../../db/read/engagement/exact-halves.ts'
import type { SetFacet } from '../../db/read/engagement/set-facets.ts'
import { outcomesWithin, type SetFilter } from '../../db/read/counts/set-filter.ts'
import { isoDay } from '../../domain/time/period.ts'
import type { ApiContext } from '../context/context.ts'
import type { WarningCode } from '../context/warnings.ts'

/** Warns if `attempts` leaves out every outcome that the filter asks for, and returns whether it does. */
export function warnIfEmpty(context: ApiContext, info: GraphQLResolveInfo, filter: SetFilter): boolean {
  const isEmpty =
    filter.outcomes !== null && filter.outcomes.length > 0 && outcomesWithin(filter)?.length === 0
  if (!isEmpty) return false
  const [asked, other] = filter.attempts === 'logins' ? ['LOGINS', 'FAILURES'] : ['FAILURES', 'LOGINS']
  warn(
    context,
    info,
    'EMPTY_BY_ATTEMPTS',
    `attempts: ${asked} leaves out the outcomes of the filter, so nobody counts: ask with attempts: ${other} or ALL`,
  )
  return true
}

/** Warns that a group, or the total, has attempts, but none of the kind that `attempts` asks for. */
export function warnOfEmptyGroups(
  context: ApiContext,
  info: GraphQLResolveInfo,
  attempts: SetFilter['attempts'],
): void {
  const [asked, other] = attempts === 'failures' ? ['FAILURES', 'LOGINS'] : ['LOGINS', 'FAILURES']
  warn(
    context,
    info,
    'EMPTY_BY_ATTEMPTS',
    `where all attempts are ${other}, as in a group or the total of this answer, attempts: ${asked} counts nobody: users, devices and ` +
      `addresses are 0, firstSeenAt and lastSeenAt null; ask with attempts: ${other} or ALL`,
  )
}

/**
 * Warns if bitmaps of users count failures as logins.
 * @param firstDay of the bitmaps, in days since 1970-01-01
 */
export async function warnIfHalvesAreOld(
  context: ApiContext,
  info: GraphQLResolveInfo,
  facet: SetFacet,
  firstDay: number,
): Promise<void> {
  // Without a filter they are exact at any age; most questions have none.
  if (facet.facet === 'all') return
  const exactFrom = await context.read(readExactHalvesFrom)
  if (exactFrom !== null && !areHalvesExact('user', facet, firstDay, exactFrom))
    warnOfOldHalves(context, info, exactFrom)
}

/** @param exactFrom the first day whose bitmaps all tell logins and failures apart, in days since 1970-01-01 */
export const warnOfOldHalves = (context: ApiContext, info: GraphQLResolveInfo, exactFrom: number): void => {
  warn(
    context,
    info,
    'SETS_INCLUDE_FAILURES',
    `before ${isoDay(exactFrom)}, failures of devices, of addresses and of users by device type, app version or locale were not ` +
      'told apart and count as logins: ask with attempts: ALL for exact numbers',
  )
}

export const warnOfUtcDays = (context: ApiContext, info: GraphQLResolveInfo): void => {
  warn(
    context,
    info,
    'UTC_DAYS',
    'users, devices and addresses are known by the minute for SET_RETENTION_DAYS: where setBasis is UTC_DAYS, users, devices and addresses are of the days of UTC ' +
      'with the same dates',
    'timeZone',
  )
}

function warn(
  { warnings }: ApiContext,
  info: GraphQLResolveInfo,
  code: WarningCode,
  message: string,
  argument = 'attempts',
): void {
  warnings.push({ code, path: responsePathAsArray(info.path), argument, message })
}
