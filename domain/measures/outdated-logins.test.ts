import { expect, it } from 'vitest'
import { parseVersion } from '../fields/versions.ts'
import { outdatedLogins } from './outdated-logins.ts'

it('are of lower versions only; what is no version is not older, and nothing is older than nothing', () => {
  const versions = new Map([
    ['2.9', 1],
    ['v2.9.1', 2],
    ['2.10.0-rc.1', 4],
    ['2.10.0', 8],
    ['2.10.0+77', 16],
    ['dev', 32],
  ])
  expect(outdatedLogins({ versions }, parseVersion('2.10.0'))).toBe(7)
  expect(outdatedLogins({ versions }, null)).toBe(0)
  expect(outdatedLogins({ versions: null }, parseVersion('2.10.0'))).toBe(0)
})
