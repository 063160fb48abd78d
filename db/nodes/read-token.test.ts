import { expect, it } from 'vitest'
import { formatReadToken, parseLsn, parseReadToken } from './read-token.ts'

it('a token comes back as it was given out, and nothing else is one', () => {
  const token = { system: '7412345678901234567', timeline: 3, position: 0x16_b374_d848n }
  expect(parseReadToken(formatReadToken(token))).toEqual(token)
  for (const text of ['', 'x', 'djEuMS4xLmc', formatReadToken(token).slice(0, -6)])
    expect(parseReadToken(text), text).not.toEqual(token)
  expect(parseReadToken('no token')).toBeNull()
})

it('positions are ordered as bytes of the log', () => {
  expect(parseLsn('16/B374D848')).toBe(0x16_b374_d848n)
  expect(parseLsn('1/0')).toBeGreaterThan(parseLsn('0/FFFFFFFF'))
})
