import { expect, test } from 'vitest'
import { coverDays, dayOf, isoDay, periodAfter, type Period, periodStart } from './period.ts'

const day = (iso: string) => dayOf(Date.parse(iso))
const startOf = (period: Period, iso: string) => isoDay(periodStart(period, day(iso)))

test('weeks start on Monday and months on their first, over the ends of years and before 1970 too', () => {
  expect(startOf('week', '2026-03-01')).toBe('2026-02-23')
  expect(startOf('week', '2026-03-02')).toBe('2026-03-02')
  expect(startOf('week', '1970-01-01')).toBe('1969-12-29')
  expect(startOf('week', '1969-12-28')).toBe('1969-12-22')
  expect(startOf('month', '2024-02-29')).toBe('2024-02-01')
  expect(isoDay(periodAfter('month', day('2025-12-01')))).toBe('2026-01-01')
  expect(isoDay(periodAfter('month', day('2026-01-01'), -2))).toBe('2025-11-01')
  expect(isoDay(periodAfter('week', day('2025-12-29')))).toBe('2026-01-05')
})

test('a cover holds every day of its range and no other', () => {
  const first = day('2025-12-20')
  for (let from = first; from < first + 12; from++) {
    for (let to = from; to < from + 90; to += 7) {
      const days = coverDays(from, to).flatMap(({ period, start }) =>
        Array.from({ length: periodAfter(period, start) - start }, (_, i) => start + i),
      )
      expect([...new Set(days)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: to - from }, (_, i) => from + i),
      )
    }
  }
})

test('a cover of a year is a dozen months', () => {
  expect(coverDays(day('2025-01-01'), day('2026-01-01')).map(({ period }) => period)).toEqual(
    Array.from({ length: 12 }, () => 'month'),
  )
})
