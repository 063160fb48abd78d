import semver from 'semver'

export type Version = semver.SemVer

/** A version as a login says it, and as it is read; null: it is none. */
export type ReadVersion = { text: string; version: Version | null }

const TWO_PARTS = /^(v?\d+\.\d+)([-+].*)?$/

/**
 * Semver (https://semver.org), with a v before it or without; of two parts the third is 0. Null: nobody knows what the text is
 * older than, be it four parts, one, or a name.
 */
export function parseVersion(text: string): Version | null {
  return semver.parse(text) ?? semver.parse(text.trim().replace(TWO_PARTS, '$1.0$2'))
}

/** Semver precedence (https://semver.org/#spec-item-11), then text; what is no version comes after. */
export function compareVersions(a: ReadVersion, b: ReadVersion): number {
  if (a.version !== null && b.version !== null) {
    const order = a.version.compare(b.version) || a.version.compareBuild(b.version)
    if (order !== 0) return order
  } else if (a.version !== null || b.version !== null) return a.version === null ? 1 : -1
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0
}

/** Whether a version is lower than another; of what is none nobody knows, so it is not. */
export const isOlder = (version: Version | null, than: Version | null): boolean =>
  version !== null && than !== null && version.compare(than) < 0
