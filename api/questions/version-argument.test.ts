import { expect, it } from 'vitest'
import { versionOf } from './version-argument.ts'

it.each([
  ['3', '3.0.0'],
  ['v3', '3.0.0'],
  [' 3 ', '3.0.0'],
  ['3.0', '3.0.0'],
  ['2.10', '2.10.0'],
  ['3.0.0-rc.1', '3.0.0-rc.1'],
])('a version may leave out its last parts: %s', (text, version) => {
  expect(versionOf(text).version).toBe(version)
})

it.each(['', 'v', 'new', '3.', '<3', '3.x', '1.2.3.4', '-1', '3-rc', '9'.repeat(30)])(
  'what is no version is refused: %s',
  (text) => {
    expect(() => versionOf(text)).toThrow(`olderThan is "${text}", which is not a version`)
  },
)
