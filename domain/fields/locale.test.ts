import { expect, it } from 'vitest'
import { localeKind, normaliseLocale } from './locale.ts'

it.each([
  ['RI', 'RI', 'us_state'],
  ['tx', 'TX', 'us_state'],
  ['DC', 'DC', 'us_state'],
  ['RU', 'RU', 'iso_country'],
  ['gb', 'GB', 'iso_country'],
  ['IN', 'IN', 'ambiguous'],
  ['DE', 'DE', 'ambiguous'],
  ['Ca', 'CA', 'ambiguous'],
  ['PR', 'PR', 'ambiguous'],
  ['ZZ', 'ZZ', 'other'],
  ['en-US', 'en-US', 'other'],
  ['Texas', 'Texas', 'other'],
  ['日本', '日本', 'other'],
  ['__proto__', '__proto__', 'other'],
])('%s is %s, %s', (given, normalised, kind) => {
  expect(normaliseLocale(given)).toBe(normalised)
  expect(localeKind(normaliseLocale(given))).toBe(kind)
})

it('knows all 249 assigned countries and 50 states', () => {
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  const kinds = letters.flatMap((first) => letters.map((second) => localeKind(first + second)))
  const count = (kind: string) => kinds.filter((each) => each === kind).length
  expect(count('iso_country') + count('ambiguous')).toBe(249)
  // 50 states, the district and 5 territories.
  expect(count('us_state') + count('ambiguous')).toBe(56)
})
