import { expect, test } from 'vitest'
import {
  ISO_TIME_BYTES,
  JSON_GROWTH,
  MAX_DIGITS,
  putBytes,
  putIsoTime,
  putJsonText,
  putNumber,
} from './put-bytes.ts'

const utf8 = new TextEncoder()
const FRAME = 0xaa

/** What is written, once it is sure that nothing beside it was. */
function written(room: number, put: (target: Uint8Array, at: number) => number): string {
  const target = new Uint8Array(room + 2).fill(FRAME)
  const end = put(target, 1)
  expect([target[0], ...target.subarray(end)].every((byte) => byte === FRAME)).toBe(true)
  return new TextDecoder().decode(target.subarray(1, end))
}

test('numbers are written as String writes them', () => {
  const powers = Array.from({ length: 53 }, (_, bit) => 2 ** bit)
  const tens = Array.from({ length: 16 }, (_, digits) => 10 ** digits)
  for (const number of [...powers, ...tens].flatMap((n) => [n - 1, n, n + 1]).concat(2 ** 53 - 1))
    if (number < 2 ** 53)
      expect(written(MAX_DIGITS, (t, at) => putNumber(t, at, number))).toBe(String(number))
})

test('moments are written as toISOString writes them', () => {
  const day = 86_400_000
  const leapDay = Date.UTC(2024, 1, 29)
  for (const moment of [
    0,
    1,
    999,
    1000,
    day - 1,
    day,
    leapDay - 1,
    leapDay,
    leapDay + day,
    1_764_000_123_456,
  ])
    expect(written(ISO_TIME_BYTES, (t, at) => putIsoTime(t, at, moment))).toBe(new Date(moment).toISOString())
})

test('text is escaped as JSON.stringify escapes it', () => {
  const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')
  for (const text of [all, '日本 😀 \u2028', '', '"'.repeat(9)]) {
    const source = utf8.encode(text)
    const json = written(source.length * JSON_GROWTH, (t, at) => putJsonText(t, at, source, 0, source.length))
    expect(`"${json}"`).toBe(JSON.stringify(text))
  }
})

test('bytes are copied as they are, few and many', () => {
  const source = Uint8Array.from({ length: 300 }, (_, n) => n % 100)
  for (const [start, end] of [
    [0, 300],
    [7, 7],
    [5, 69],
    [5, 70],
  ] as const)
    expect(written(300, (t, at) => putBytes(t, at, source, start, end))).toBe(
      new TextDecoder().decode(source.subarray(start, end)),
    )
})
