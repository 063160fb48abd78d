import { nobody, type People } from './people.ts'

/** What attempts of a group and a span come to. Moments are Unix milliseconds. */
export type Tally = {
  attempts: number
  /** Those of the attempts that failed. */
  failures: number
  /** First minute or quarter of an hour with an attempt of the kind asked for; Infinity without one. */
  firstSeenMs: number
  /** The last one; -Infinity without one. */
  lastSeenMs: number
  /** Users, devices and addresses of exactly this group and span: they do not add up. */
  people: People
  /** Logins by app version; null: not read. */
  versions: Map<string, number> | null
}

/** A tally of nothing, to be added to. */
export const newTally = (): Tally => ({
  attempts: 0,
  failures: 0,
  firstSeenMs: Infinity,
  lastSeenMs: -Infinity,
  people: nobody,
  versions: null,
})

export const nothing: Readonly<Tally> = newTally()

/** Adds a tally to another one, which is changed; but for the people. */
export function addTally(to: Tally, added: Readonly<Tally>): void {
  const { attempts, failures, firstSeenMs, lastSeenMs, versions } = added
  to.attempts += attempts
  to.failures += failures
  addSeen(to, firstSeenMs, lastSeenMs)
  for (const [version, logins] of versions ?? []) addVersion(to, version, logins)
}

export function addSeen(to: Tally, firstMs: number, lastMs: number): void {
  if (firstMs < to.firstSeenMs) to.firstSeenMs = firstMs
  if (lastMs > to.lastSeenMs) to.lastSeenMs = lastMs
}

export function addVersion(to: Tally, version: string, logins: number): void {
  to.versions ??= new Map<string, number>()
  to.versions.set(version, (to.versions.get(version) ?? 0) + logins)
}

/**
 * What has to be read for a measure: attempts only, failures apart from them, both by app version, when there
 * were any, or who made them.
 */
export type MeasureSource = 'attempts' | 'failures' | 'versions' | 'seen' | 'people'

type Definition = {
  about: string
  source: MeasureSource
  /** Its value; null: there is none. */
  of: (tally: Readonly<Tally>) => number | null
  /** Whether groups have a share of it: it adds up, or is of people, whose shares may add up to more than 1. */
  hasShares: boolean
}

/** Everything that is measured, by the name of its value in the enum `Measure`. */
export const measures = {
  attempts: {
    about: 'Events that could be read.',
    source: 'attempts',
    of: ({ attempts }) => attempts,
    hasShares: true,
  },
  logins: {
    about: 'Attempts that did not fail.',
    source: 'failures',
    of: ({ attempts, failures }) => attempts - failures,
    hasShares: true,
  },
  failures: {
    about: 'Attempts that failed.',
    source: 'failures',
    of: ({ failures }) => failures,
    hasShares: true,
  },
  failure_rate: {
    about: 'Failures as part of the attempts, from 0 to 1.',
    source: 'failures',
    of: ({ attempts, failures }) => (attempts === 0 ? null : failures / attempts),
    hasShares: false,
  },
  users: {
    about: 'Different users, each once.',
    source: 'people',
    of: ({ people }) => people.of({ name: 'users' }),
    hasShares: true,
  },
  devices: {
    about: 'Different devices, each once.',
    source: 'people',
    of: ({ people }) => people.of({ name: 'devices' }),
    hasShares: true,
  },
  addresses: {
    about: 'Different IP addresses, each once.',
    source: 'people',
    of: ({ people }) => people.of({ name: 'addresses' }),
    hasShares: true,
  },
  new_users: {
    about: 'Users whose first attempt (of `attempts`) lies in the span.',
    source: 'people',
    of: ({ people }) => people.of({ name: 'new_users' }),
    hasShares: false,
  },
  returning_users: {
    about: 'Users of the span who were also active in the one before.',
    source: 'people',
    of: ({ people }) => people.of({ name: 'returning_users' }),
    hasShares: false,
  },
  last_seen_at: {
    about: 'When the last attempt was (of `attempts`). Only for `orderBy`, because it is no number.',
    source: 'seen',
    of: ({ lastSeenMs }) => (lastSeenMs === -Infinity ? null : lastSeenMs),
    hasShares: false,
  },
} as const satisfies Record<string, Definition>

export type Measure = keyof typeof measures

/** Part of a whole, from 0 to 1; null if the whole is nothing. */
export function shareOf(measure: Measure, part: Readonly<Tally>, whole: Readonly<Tally>): number | null {
  const { of } = measures[measure]
  const all = of(whole) ?? 0
  return all === 0 ? null : (of(part) ?? 0) / all
}
