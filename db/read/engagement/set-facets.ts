import {
  type Dimension,
  dimensionOf,
  type DimensionName,
  dimensions,
  type GroupName,
} from '../../../domain/counts/dimensions.ts'
import { usRegionLocales, usRegionOf } from '../../../domain/fields/us-region.ts'
import { type AttemptKind, halvesOf } from '../../../domain/sightings/attempts.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { type CountFilter, filteredDimensions } from '../counts/count-filter.ts'
import type { SetFilter } from '../counts/set-filter.ts'

/** Which bitmaps to read: those of everybody, or those of some values of a dimension, null for all its values. */
export type SetFacet = {
  facet: 'all' | 'first' | DimensionName
  values: string[] | null
  attempts: AttemptKind
}

/** The bitmaps of everybody. */
export const allOf = (attempts: AttemptKind): SetFacet => ({ facet: 'all', values: [''], attempts })

/** The bitmaps of those whose first attempt of a kind was on a day. */
export const firstOf = (attempts: AttemptKind): SetFacet => ({ facet: 'first', values: [''], attempts })

/**
 * The bitmaps that answer for a kind, a filter and groups. Null: they are of several dimensions, or of one that has no
 * bitmaps; devices and addresses have them of no dimension.
 */
export function setFacetOf(kind: SightingKind, by: readonly GroupName[], filter: SetFilter): SetFacet | null {
  const [one, another] = new Set([...by.map(dimensionOf), ...filteredDimensions(filter)])
  if (one === undefined) return allOf(filter.attempts)
  const dimension = dimensions.find(({ name }) => name === one)
  if (another !== undefined || kind !== 'user' || dimension?.isFacet !== true) return null
  const values = valuesOf(dimension, filter)
  return values === 'too many' ? null : { facet: one, values, attempts: filter.attempts }
}

function valuesOf({ name, list }: Dimension, filter: CountFilter): string[] | null | 'too many' {
  const values = name === 'locale' ? localesOf(filter) : filter[list]
  return Array.isArray(values) ? [...new Set(values)] : values
}

/**
 * The locales of a filter. A region stands for its locales; those outside all regions are too many to list.
 */
function localesOf({ locales, usRegions }: CountFilter): string[] | null | 'too many' {
  if (usRegions === null) return locales
  if (locales !== null) return locales.filter((locale) => usRegions.includes(usRegionOf(locale)))
  if (usRegions.includes('other')) return 'too many'
  return [...usRegionLocales.keys()].filter((locale) => usRegions.includes(usRegionOf(locale)))
}

/** The condition on sets of users, devices or addresses for those of any of the attempts; each half may have them. */
export const ofAttempts = (sql: ReadSession['sql'], attempts: AttemptKind) =>
  sql`attempts = any(${[...halvesOf(attempts)]}::text[]::engagement_attempts[])`

/** Whether spans are made of what a question asks (db/rollups/make-active-spans.ts): of users by logins, value by value. */
export const areSpansMade = (
  kind: SightingKind,
  { facet, values, attempts }: SetFacet,
  by: readonly GroupName[],
): boolean =>
  kind === 'user' &&
  attempts === 'logins' &&
  values !== null &&
  (by.length === 0 ? values.length === 1 : by.every((name) => name === facet))
