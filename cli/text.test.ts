import { expect, test } from 'vitest'
import { count, duration, paint, plain, safeJson, table, wrap } from './text.ts'

test('a text of a server moves no cursor, colours nothing and turns nothing around', () => {
  expect(plain('a\x1b[31mb\x07\u009b2Jc\u202ed\u2066e')).toBe('a\ufffd[31mb\ufffd\ufffd2Jc\ufffdd\ufffde')
  expect(plain('two\r\n lines\tand\u2028more')).toBe('two  lines and more')
})

test('JSON has the same characters escaped, and is the same value', () => {
  const value = { text: 'a\x1b[31m\u009b\u202e\u2028é' }
  expect(safeJson(value)).toBe('{"text":"a\\u001b[31m\\u009b\\u202e\\u2028é"}')
  expect(JSON.parse(safeJson(value))).toEqual(value)
})

test.each([
  [0, '0 s'],
  [-5_000, '0 s'],
  [400, '0 s'],
  [59_600, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_661_000, '1 h 1 min'],
  [86_400_000 * 6 + 3_600_000 * 23 + 59_000, '6 d 23 h'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test('numbers have separators, and small rates a digit behind the point', () => {
  expect([count(0), count(0.25), count(9.96), count(1_234.5), count(12_345n)]).toEqual([
    '0',
    '0.3',
    '10',
    '1,235',
    '12,345',
  ])
})

test('columns are aligned, and numbers flush right', () => {
  expect(
    table(
      ['NAME', '>LAG'],
      [
        ['a', '7'],
        ['longer', '1,000'],
      ],
    ),
  ).toEqual(['  NAME      LAG', '  a           7', '  longer  1,000'])
})

test('lines break at spaces, and a long word stays whole', () => {
  expect(wrap('to be or not tobetobetobe', 10, '  ')).toEqual(['  to be or', '  not', '  tobetobetobe'])
  expect(wrap('', 10, '  ')).toEqual([])
})

test('nothing is coloured where colours are not wanted', () => {
  expect(paint(false).red('x')).toBe('x')
  expect(paint(true).red('x')).toBe('\x1b[31mx\x1b[0m')
})
