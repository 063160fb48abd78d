import { expect, it } from 'vitest'
import { changedSettings } from './changed-settings.ts'

it('says from what to what settings changed, and of secrets only that they did', () => {
  const before = { A: '1', B: '2', C: '3', PASSWORD: 'fingerprint 00aa', TOKEN: 'fingerprint 11bb' }
  expect(
    changedSettings(before, {
      A: '1',
      B: '9',
      D: '4',
      PASSWORD: 'fingerprint 22cc',
      TOKEN: 'fingerprint 11bb',
    }),
  ).toEqual({
    B: { from: '2', to: '9' },
    C: { from: '3', to: null },
    D: { from: null, to: '4' },
    PASSWORD: 'changed',
  })
  expect(changedSettings(before, before)).toBeNull()
})
