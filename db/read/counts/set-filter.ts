import { type AttemptKind, outcomesOf } from '../../../domain/sightings/attempts.ts'
import { dimensions } from '../../../domain/counts/dimensions.ts'
import type { GroupName } from '../../../domain/counts/dimensions.ts'
import { type CountFilter, filteredDimensions, withinFilter } from './count-filter.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** Which attempts make somebody a member: of those with some values all, the logins or the failures. */
export type SetFilter = CountFilter & { attempts: AttemptKind }

/** Whether attempts of all values count. */
export const hasAllValues = (filter: SetFilter): boolean => filteredDimensions(filter).length === 0

/** The filter that lets some stored values of a dimension through and no others; it lets all of them through already. */
export const ofValues = (filter: SetFilter, name: GroupName, values: readonly string[]): SetFilter => ({
  ...filter,
  [dimensions.find((dimension) => dimension.name === name)?.list ?? 'usRegions']: values,
})

/** The SQL conditions (`and …`) of a filter, for rows that have the outcome of their attempts. */
export const withinSetFilter = (sql: ReadSession['sql'], filter: SetFilter) =>
  withinFilter(sql, { ...filter, outcomes: outcomesWithin(filter) })

/** The outcomes that a filter lets through; null: any. */
export const outcomesWithin = ({ attempts, outcomes }: SetFilter): string[] | null =>
  attempts === 'all'
    ? outcomes
    : outcomesOf[attempts].filter((outcome) => outcomes?.includes(outcome) ?? true)
