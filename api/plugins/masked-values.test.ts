import { expect, test } from 'vitest'
import { createPseudonym } from '../context/masks.ts'
import { masked } from './masked-values.ts'

const pseudonym = createPseudonym('a key')

test('equal values have equal pseudonyms, of their kind and key only', () => {
  expect(masked('user', 'ann', pseudonym)).toBe(masked('user', 'ann', createPseudonym('a key')))
  expect(masked('user', 'ann', pseudonym)).toMatch(/^user-[0-9a-f]{16}$/)
  const others = [
    masked('user', 'bob', pseudonym),
    masked('device', 'ann', pseudonym),
    masked('user', 'ann', createPseudonym('another key')),
  ]
  expect(new Set([masked('user', 'ann', pseudonym), ...others]).size).toBe(4)
})

test('texts are hidden, whatever else there is becomes null, and null stays null', () => {
  expect(masked('text', 'a secret', pseudonym)).toBe('hidden')
  expect(masked('nothing', { a: 'secret' }, pseudonym)).toBeNull()
  for (const mask of ['user', 'text', 'nothing'] as const) expect(masked(mask, null, pseudonym)).toBeNull()
})

test('users of equal rank are in an order that says nothing of their ids', () => {
  const ranks = ['a', 'b', 'c', 'd', 'e', 'f'].map((value) => ({ value, logins: 3 }))
  const first = { value: 'z', logins: 9 }
  const shown = masked('ranked users', [first, ...ranks], pseudonym) as { value: string; logins: number }[]
  expect(shown[0]).toEqual({ value: pseudonym('user', 'z'), logins: 9 })
  const tied = shown.slice(1).map(({ value }) => value)
  expect(tied).toEqual(tied.toSorted())
  expect(masked('ranked users', [...ranks.toReversed(), first], pseudonym)).toEqual(shown)
})
