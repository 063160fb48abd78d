import { expect, test } from 'vitest'
import { isoTime } from './iso-time.ts'

test.each([
  '1970-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '2026-03-01T09:08:07.065Z',
  '2024-02-29T23:59:59.001Z',
  '0000-01-01T00:00:00.000Z',
  '-000001-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59.999Z',
  '+010000-01-01T00:00:00.000Z',
])('writes %s as Date does', (text) => {
  expect(isoTime(Date.parse(text))).toBe(text)
})

test('refuses what is no moment', () => {
  expect(() => isoTime(NaN)).toThrow(RangeError)
})
