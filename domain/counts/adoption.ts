import type { TimeBucket } from '../time/bucket.ts'
import { type Series, shareOf } from './series.ts'
import { compareVersions, isOlder, parseVersion, type ReadVersion, type Version } from '../fields/versions.ts'

export type VersionShare = { version: string; logins: bigint; share: number }

/** Versions of one bucket; `newest` is null if there was no release by then. */
export type AdoptionPoint = {
  bucket: TimeBucket
  logins: bigint
  versions: VersionShare[]
  newest: string | null
  outdatedLogins: bigint
  outdatedShare: number
}

/**
 * Shares of versions in each bucket. A version is outdated if it is older than the newest one of the bucket.
 */
export function adoptionOf(
  series: readonly Series[],
  buckets: readonly TimeBucket[],
  newestOf: (bucket: TimeBucket) => Version | null,
): AdoptionPoint[] {
  const byPlace = versionsByPlace(series, buckets.length)
  return buckets.map((bucket, place) => {
    const [present, newest] = [byPlace[place] ?? [], newestOf(bucket)]
    const total = sumOf(present)
    const outdatedLogins = sumOf(present.filter(({ version }) => isOlder(version, newest)))
    return {
      bucket,
      logins: total,
      versions: present.map(({ text, logins }) => ({ version: text, logins, share: shareOf(logins, total) })),
      newest: newest?.version ?? null,
      outdatedLogins,
      outdatedShare: shareOf(outdatedLogins, total),
    }
  })
}

type VersionLogins = ReadVersion & { logins: bigint }

/**
 * Versions of each bucket, in order of version. Senders may make up thousands of versions, most of which
 * occur in few buckets, so each version is looked at in its own buckets only.
 */
function versionsByPlace(series: readonly Series[], buckets: number): VersionLogins[][] {
  const byPlace = Array.from({ length: buckets }, (): VersionLogins[] => [])
  series
    .map(({ values, places, logins }) => {
      const text = values.app_version ?? ''
      return { text, version: parseVersion(text), places, logins }
    })
    .sort(compareVersions)
    .forEach(({ text, version, places, logins }) => {
      places.forEach((place, i) => byPlace[place]?.push({ text, version, logins: logins[i] ?? 0n }))
    })
  return byPlace
}

const sumOf = (some: readonly VersionLogins[]): bigint => some.reduce((sum, { logins }) => sum + logins, 0n)
