import { expect, test } from 'vitest'
import { ByteValues } from './byte-values.ts'

const utf8 = new TextEncoder()
const bytes = utf8.encode('abcabd')

test('equal texts have one number, others have others, however many there are', () => {
  const values = new ByteValues()
  const texts = Array.from({ length: 5_000 }, (_, n) =>
    n === 0 ? '' : n === 1 ? '\ufeff1' : `text ${n} ${'ü'.repeat(n % 9)}`,
  )
  const number = (text: string) => values.add(utf8.encode(text), 0, utf8.encode(text).length)
  expect(texts.map(number)).toEqual(texts.map((_, n) => n))
  expect(texts.map(number)).toEqual(texts.map((_, n) => n))
  expect(texts.map((_, n) => values.text(n))).toEqual(texts)
})

test('texts of the same hash are told apart', () => {
  // 31 * 'B' + 'b' = 31 * 'C' + 'C'
  const [one, other] = [utf8.encode('Bb'), utf8.encode('CC')]
  const values = new ByteValues()
  expect([values.add(one, 0, 2), values.add(other, 0, 2), values.add(one, 0, 2)]).toEqual([0, 1, 0])
})

test('a text is the range that was given and not what stands beside it', () => {
  const values = new ByteValues()
  expect(values.add(bytes, 0, 2)).toBe(0)
  expect(values.numberOf(bytes, 3, 5)).toBe(0)
  expect(values.numberOf(bytes, 0, 3)).toBe(-1)
  expect(values.numberOf(bytes, 1, 3)).toBe(-1)
})

test('after clear it has nothing', () => {
  const values = new ByteValues()
  values.add(bytes, 0, 2)
  values.clear()
  expect([values.size, values.numberOf(bytes, 0, 2)]).toEqual([0, -1])
  expect(values.add(bytes, 3, 6)).toBe(0)
  expect(values.text(0)).toBe('abd')
})

test('texts are compared as strings are, by UTF-16 code units', () => {
  const texts = [
    '',
    'a',
    'ab',
    'b',
    'ü',
    '\ud7ff',
    '\ue000',
    '\uffee',
    '\u{10000}',
    '\u{1f600}',
    'a\ue000',
    'a\u{10000}',
  ]
  const values = new ByteValues()
  for (const text of texts) values.add(utf8.encode(text), 0, utf8.encode(text).length)
  for (const [a, one] of texts.entries())
    for (const [b, other] of texts.entries())
      expect(Math.sign(values.compare(a, b)), `${one} ${other}`).toBe(one < other ? -1 : one > other ? 1 : 0)
})
