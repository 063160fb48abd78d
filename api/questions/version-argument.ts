import { parseVersion, type Version } from '../../domain/fields/versions.ts'
import { InvalidArgumentError } from '../context/errors.ts'

/** What people write of a release that many versions begin with. */
const ONE_PART = /^\s*v?\d+\s*$/

/**
 * The version that others may be older than; 3 is 3.0.0.
 * @throws {InvalidArgumentError} if the text is no version
 */
export function versionOf(text: string): Version {
  const version = parseVersion(ONE_PART.test(text) ? `${text.trim()}.0` : text)
  if (version !== null) return version
  throw new InvalidArgumentError(
    `olderThan is ${JSON.stringify(text)}, which is not a version that others could be older than: give one such as "2.10.0", ` +
      '"2.10" or "3.0.0-rc.1", or leave it out for the newest release',
    'olderThan',
  )
}
