import { DAY_MS, dayOf } from '../time/period.ts'
import { parseVersion, type Version } from '../fields/versions.ts'

/**
 * When a version counts as released. A few logins with a made-up version must not make everybody outdated. On
 * a day (UTC) the version must have at least `leastPercent` of the logins. It must also have `fewLogins`
 * logins, or 2 that are at least `fewPercent` of the day's, or half of them.
 */
export const releaseRule = { leastPercent: 1, fewLogins: 3, fewPercent: 10, days: 90 } as const

/**
 * A version without build metadata, and the starts of the days (Unix milliseconds) on which it counts as
 * released.
 */
export type ReleaseDays = { version: string; days: readonly number[] }

/**
 * Returns a function that finds the highest release as of a moment (Unix milliseconds). A release must count
 * on one of the days that begin within `releaseRule.days` days before the moment. The function returns null
 * if there is none. Pre-releases never count.
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
