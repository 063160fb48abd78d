import semver from 'semver'

/** Semver precedence (https://semver.org/#spec-item-11); what is no semver comes after, in order of its text. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [semver.parse(a), semver.parse(b)]
  if (left !== null && right !== null) return left.compare(right) || left.compareBuild(right)
  if (left !== null || right !== null) return left === null ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}

/** The highest of the releases; pre-releases are none. Null: there is no release. */
export function newestRelease(versions: Iterable<string>): string | null {
  const releases = [...versions].filter((version) => semver.parse(version)?.prerelease.length === 0)
  return releases.sort(compareVersions).at(-1) ?? null
}

/** Whether a version is lower than another; of what is no semver nobody knows, so it is not. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [semver.parse(version), semver.parse(than)]
  return left !== null && right !== null && left.compare(right) < 0
}
