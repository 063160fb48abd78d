import { describe, expect, it } from 'vitest'
import { createCalendar } from '../time/calendar.ts'
import { basedSpan } from './based-span.ts'

const span = (from: string, to: string) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) })
const kathmandu = createCalendar('Asia/Kathmandu')
const week = span('2026-02-01T18:15:00Z', '2026-02-08T18:15:00Z')
const basis = (range: typeof week, listsFrom: string, calendar = kathmandu) =>
  basedSpan(range, calendar, Date.parse(listsFrom))

describe('a span is counted', () => {
  it('by its time zone while lists of the days that it cuts are kept', () => {
    const exact = { range: week, counted: week, setBasis: 'time_zone' }
    expect(basis(week, '2026-02-01T00:00:00Z')).toEqual(exact)
    expect(basis(week, '1970-01-01T00:00:00Z')).toEqual(exact)
  })

  it('by the days of UTC with its dates once those of its beginning, or of its end, are gone', () => {
    const days = span('2026-02-02T00:00:00Z', '2026-02-09T00:00:00Z')
    expect(basis(week, '2026-02-02T00:00:00Z')).toEqual({ range: week, counted: days, setBasis: 'utc_days' })
    const changing = span('2026-03-29T00:00:00Z', '2026-03-29T23:00:00Z')
    const london = createCalendar('Europe/London')
    expect(basis(changing, '2026-03-30T00:00:00Z', london)).toMatchObject({
      setBasis: 'utc_days',
      counted: { toMs: Date.parse('2026-03-30T00:00:00Z') },
    })
    expect(basis(changing, '2026-03-29T00:00:00Z', london).setBasis).toBe('time_zone')
  })

  it('by its time zone at any age if it cuts no day of UTC', () => {
    const days = span('2026-01-05T00:00:00Z', '2026-01-12T00:00:00Z')
    for (const zone of ['UTC', 'Europe/London'])
      expect(basis(days, '9999-01-01T00:00:00Z', createCalendar(zone))).toEqual({
        ...{ range: days, counted: days, setBasis: 'time_zone' },
      })
  })
})
