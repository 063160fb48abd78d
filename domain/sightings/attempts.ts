import type { Outcome } from '../login/login.ts'

/**
 * The halves of all attempts to log in: `logins` are those that did not fail, because they succeeded or do not
 * say. Users, devices and addresses are kept of each half.
 */
export const attemptHalves = ['logins', 'failures'] as const
export type AttemptHalf = (typeof attemptHalves)[number]

/** Which attempts count. */
export const attemptChoices = ['all', ...attemptHalves] as const
export type AttemptKind = (typeof attemptChoices)[number]

/** The outcomes that attempts of a half have. */
export const outcomesOf = {
  logins: ['success', 'unknown'],
  failures: ['failure'],
} as const satisfies Record<AttemptHalf, readonly Outcome[]>

/** @param outcome as dimensions have it (domain/counts/dimensions.ts) */
export const halfOf = (outcome: string): AttemptHalf => (outcome === 'failure' ? 'failures' : 'logins')

/** The halves that some attempts are made of. */
export const halvesOf = (attempts: AttemptKind): readonly AttemptHalf[] =>
  attempts === 'all' ? attemptHalves : [attempts]
