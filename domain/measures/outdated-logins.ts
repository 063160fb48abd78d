import { isOlder, parseVersion, type Version } from '../fields/versions.ts'
import type { Tally } from './measure.ts'

/**
 * Logins with a version older than another one. What is no version is not older.
 * @param current null: there is none to be older than
 */
export function outdatedLogins({ versions }: Pick<Tally, 'versions'>, current: Version | null): number {
  let sum = 0
  for (const [version, logins] of versions ?? []) if (isOlder(parseVersion(version), current)) sum += logins
  return sum
}
