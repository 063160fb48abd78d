import { DAY_MS, dayOf } from '../time/period.ts'
import { parseVersion, type Version } from '../fields/versions.ts'

/**
 * When a version counts as released, so that a few logins with a made-up one make nobody outdated: on a day (UTC) it has at
 * least `leastPercent` of the logins, and `fewLogins` or, on a day with few, two that are `fewPercent` of them, or half of them.
 */
export const releaseRule = { leastPercent: 1, fewLogins: 3, fewPercent: 10, days: 90 } as const

/** A version without build metadata, and the starts of the days (Unix milliseconds) on which it counts. */
export type ReleaseDays = { version: string; days: readonly number[] }

/**
 * The highest release that counts on one of the days that begin in `releaseRule.days` days before a moment (Unix milliseconds);
 * null: there is none. Pre-releases are no releases.
 */
export function newestReleases(found: readonly ReleaseDays[]): (ms: number) => Version | null {
  const releases = found
    .flatMap(({ version, days }) => {
      const read = parseVersion(version)
      return read === null || read.prerelease.length > 0 ? [] : [{ read, days }]
    })
    .sort((a, b) => a.read.compare(b.read))
  const highestOfDay = new Map<number, number>()
  releases.forEach(({ days }, rank) => {
    for (const day of days) highestOfDay.set(dayOf(day), rank)
  })
  return (ms) => {
    const end = Math.ceil(ms / DAY_MS)
    let highest = -1
    for (let day = end - releaseRule.days; day < end; day++)
      highest = Math.max(highest, highestOfDay.get(day) ?? -1)
    return releases[highest]?.read ?? null
  }
}
