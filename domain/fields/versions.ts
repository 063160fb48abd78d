import semver from 'semver'

export type Version = semver.SemVer

/** A version as a login has it, and as parsed; null if it is no version. */
export type ReadVersion = { text: string; version: Version | null }

const TWO_PARTS = /^(v?\d+\.\d+)([-+].*)?$/

/**
 * Parses a semver version (https://semver.org), with or without a leading v. A version of two parts gets 0 as
 * its third. Returns null for everything else, such as one part, four parts or a name: nobody knows what it
 * is older than.
 */
export function parseVersion(text: string): Version | null {
  return semver.parse(text) ?? semver.parse(text.trim().replace(TWO_PARTS, '$1.0$2'))
}

/**
 * Compares by semver precedence (https://semver.org/#spec-item-11), then by text. What is no version comes
 * last.
 */
export function compareVersions(a: ReadVersion, b: ReadVersion): number {
  if (a.version !== null && b.version !== null) {
    const order = a.version.compare(b.version) || a.version.compareBuild(b.version)
    if (order !== 0) return order
  } else if (a.version !== null || b.version !== null) return a.version === null ? 1 : -1
  return a.text < b.text ? -1 : a.text > b.text ? 1 : 0
}

/** Whether a version is lower than another. False if one of them is no version. */
export const isOlder = (version: Version | null, than: Version | null): boolean =>
  version !== null && than !== null && version.compare(than) < 0

/** The range that only empty ranges are within. */
const NO_VERSION = '<0.0.0-0'

/** A range of versions. */
export type VersionRange = {
  text: string
  /** How many comparisons its parts make in all. */
  comparators: number
  includes: (version: Version) => boolean
  /** Whether no version can be in it, as in `>=3 <2`. */
  isEmpty: () => boolean
}

/**
 * Reads a range as node-semver does (https://github.com/npm/node-semver#ranges), pre-releases included:
 * 3.0.0-rc.1 is in `>=2.3` and in `<3.0.0`, but not in `<3`. Returns null if the text is no range.
 */
export function parseRange(text: string): VersionRange | null {
  try {
    const range = new semver.Range(text, { includePrerelease: true })
    return {
      ...{ text, comparators: range.set.flat().length },
      includes: (version) => range.test(version),
      isEmpty: () => semver.subset(range, NO_VERSION, { includePrerelease: true }),
    }
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
