import { expect, it } from 'vitest'
import { createCalendar } from '../time/calendar.ts'
import { heatmapOf } from './heatmap.ts'

it('an hour that the clock repeats occurs twice and one that it skips not at all', () => {
  const calendar = createCalendar('Europe/Berlin')
  const day = (from: string, to: string) =>
    calendar.buckets('hour', { fromMs: Date.parse(from), toMs: Date.parse(to) }, 48)
  const october = day('2026-10-24T22:00Z', '2026-10-25T23:00Z')
  const cells = heatmapOf(
    calendar,
    october,
    october.map((_, place) => BigInt(place)),
  )
  expect(cells).toHaveLength(168)
  expect(cells.filter(({ occurrences }) => occurrences > 0)).toHaveLength(24)
  expect(cells[6 * 24 + 2]).toEqual({ weekday: 7, hour: 2, logins: 5n, occurrences: 2 })
  expect(cells[6 * 24 + 3]).toEqual({ weekday: 7, hour: 3, logins: 4n, occurrences: 1 })
  const march = heatmapOf(calendar, day('2026-03-28T23:00Z', '2026-03-29T22:00Z'), [])
  expect(march[6 * 24 + 2]?.occurrences).toBe(0)
})
