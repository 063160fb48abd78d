import { expect, test } from 'vitest'
import { dayBeforeEnd, daysOfLogins, HISTORY_END_MS } from './history-size.ts'

test('the days of a history have all its logins, one after the other, up to its end', () => {
  const days = daysOfLogins({ logins: 1_000_003, users: 10, days: 365 })
  expect(days).toHaveLength(30)
  expect(days.reduce((sum, { logins }) => sum + logins, 0)).toBe(1_000_003)
  days.forEach(({ first }, i) => {
    const before = days[i - 1]
    expect(first).toBe(before === undefined ? 0 : before.first + before.logins)
  })
  expect(days.at(-1)?.day).toBe(dayBeforeEnd(1))
  expect(Date.parse(dayBeforeEnd(0))).toBe(HISTORY_END_MS)
})

test('a history of a few days has rows of those alone, and fewer logins on a Sunday', () => {
  const days = daysOfLogins({ logins: 700, users: 10, days: 2 })
  // The 27th of February 2026 is a Friday.
  expect(days.map(({ day }) => day)).toEqual(['2026-02-27', '2026-02-28'])
  const week = daysOfLogins({ logins: 27_000, users: 10, days: 7 })
  expect(week.find(({ day }) => day === '2026-02-22')?.logins).toBe(3_000)
})
