import { expect, it } from 'vitest'
import { compareVersions, isOlder, newestRelease } from './versions.ts'

it('versions are in order of semver, and what is none comes last', () => {
  const versions = ['unknown', '2.10.0', '2.9.1', 'v2 β', '3.0.0', '3.0.0-beta.2', '3.0.0-beta.11', '10.0.0']
  expect(versions.sort(compareVersions)).toEqual([
    '2.9.1',
    '2.10.0',
    '3.0.0-beta.2',
    '3.0.0-beta.11',
    '3.0.0',
    '10.0.0',
    'unknown',
    'v2 β',
  ])
})

it('the newest release is no pre-release, and a version that is no semver is never older', () => {
  expect(newestRelease(['2.9.1', '2.10.0', '3.0.0-beta.1', 'unknown'])).toBe('2.10.0')
  expect(newestRelease(['unknown', '3.0.0-rc.1'])).toBeNull()
  expect(['2.9.1', '2.10.0', '3.0.0-beta.1', 'unknown', '2.9'].map((one) => isOlder(one, '2.10.0'))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ])
})
