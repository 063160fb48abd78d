import { facets } from '../counts/dimensions.ts'
import { type AttemptHalf, halfOf } from './attempts.ts'
import type { Outcome } from '../login/login.ts'

export const sightingKinds = ['user', 'device', 'address'] as const

export type SightingKind = (typeof sightingKinds)[number]

/** What several of a kind are called, in questions and in the columns of lists. */
export const plurals = { user: 'users', device: 'devices', address: 'addresses' } as const satisfies Record<
  SightingKind,
  string
>

/** Groups ids by their kind, day (UTC of the event, days since 1970-01-01), half of the attempts and values. */
export type SightingGroupName = {
  kind: SightingKind
  day: number
  attempts: AttemptHalf
  /** Values of the logins, one for each facet; null for devices and addresses. */
  values: readonly string[] | null
}

export type SightingGroup = SightingGroupName & { ids: string[] }

export type Sightings = SightingGroup[]

/** Sightings as table `sighting_delta` has them: those of Rollcall 0.3.1 and older do not name their half. */
export type StoredSightings = (Omit<SightingGroup, 'attempts'> & { attempts?: AttemptHalf })[]

/**
 * Adds the half to groups that do not name it: users have their outcome among their values; devices and
 * addresses, of which it is not known, count as those of logins.
 */
export const withHalves = (stored: StoredSightings): Sightings =>
  stored.map((group) => ({ ...group, attempts: group.attempts ?? halfOf(outcomeOf(group)) }))

const OUTCOME = facets.findIndex(({ name }) => name === 'outcome')

const outcomeOf = ({ values }: Pick<SightingGroup, 'values'>): Outcome =>
  values?.[OUTCOME] === 'failure' ? 'failure' : 'unknown'
