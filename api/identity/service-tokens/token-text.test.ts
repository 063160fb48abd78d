import { expect, test } from 'vitest'
import { hashOfToken, isTokenText, makeTokenText } from './token-text.ts'

test('a token is known by its prefix, its length and its checksum', () => {
  const tokens = Array.from({ length: 200 }, makeTokenText)
  expect(new Set(tokens).size).toBe(200)
  for (const token of tokens) {
    expect(token).toMatch(/^rollcall_[0-9A-Za-z]{49}$/)
    expect(isTokenText(token)).toBe(true)
  }
})

test('a token that was cut, mistyped, swapped or lengthened is none', () => {
  const token = makeTokenText()
  const other = token.at(20) === 'a' ? 'b' : 'a'
  for (const wrong of [
    token.slice(0, -1),
    `${token}0`,
    token.toUpperCase(),
    ` ${token}`,
    `${token}\n`,
    token.slice(0, 20) + other + token.slice(21),
    token.slice(0, -1) + (token.endsWith('a') ? 'b' : 'a'),
    token.replace('rollcall_', ''),
    'rollcall_',
    '',
  ])
    expect([wrong, isTokenText(wrong)]).toEqual([wrong, false])
})

test('the checksum stays as it is, because scanners know it', () => {
  expect(isTokenText(`rollcall_${'0'.repeat(42)}11dCRt5`)).toBe(true)
})

test('equal tokens have equal hashes of 32 bytes', () => {
  const token = makeTokenText()
  expect(hashOfToken(token)).toEqual(hashOfToken(token))
  expect(hashOfToken(token)).toHaveLength(32)
  expect(hashOfToken(token)).not.toEqual(hashOfToken(makeTokenText()))
})
