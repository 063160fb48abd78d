import { loginsAt, type Series, shareOf } from './series.ts'
import { compareVersions, isOlder, newestRelease } from './versions.ts'

export type VersionShare = { version: string; logins: bigint; share: number }

/** Versions of one bucket, by its place; `newest` null: no release was seen by then. */
export type AdoptionPoint = {
  place: number
  logins: bigint
  versions: VersionShare[]
  newest: string | null
  outdatedLogins: bigint
  outdatedShare: number
}

/**
 * How versions follow each other. Outdated is a version older than the newest release that was seen in this bucket or one
 * before it, or than `current`.
 */
export function adoptionOf(
  series: readonly Series[],
  buckets: number,
  current: string | null,
): AdoptionPoint[] {
  const byVersion = series
    .map((one) => ({ version: one.values.app_version ?? '', series: one }))
    .sort((a, b) => compareVersions(a.version, b.version))
  let newest = current
  return Array.from({ length: buckets }, (_, place) => {
    const present = byVersion.flatMap(({ version, series }) => {
      const count = loginsAt(series, place)
      return count === 0n ? [] : [{ version, logins: count }]
    })
    if (current === null) newest = newestRelease([...present.map(({ version }) => version), newest ?? ''])
    const total = present.reduce((sum, { logins }) => sum + logins, 0n)
    const outdated = present.filter(({ version }) => newest !== null && isOlder(version, newest))
    const outdatedLogins = outdated.reduce((sum, { logins }) => sum + logins, 0n)
    return {
      place,
      logins: total,
      versions: present.map((one) => ({ ...one, share: shareOf(one.logins, total) })),
      newest,
      outdatedLogins,
      outdatedShare: shareOf(outdatedLogins, total),
    }
  })
}
