import { expect, it } from 'vitest'
import { insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const { field } = useApi(async (sql) => {
  const at = (minute: string, logins: number): [string, string, string, string, number] => [
    ...([minute, 'android', '1.0', 'CA'] as const),
    logins,
  ]
  await insertCounts(sql, [
    // Berlin, half past midnight, two and three of a day with 25 hours and of the day before.
    ...[at('2025-10-24T22:30Z', 1), at('2025-10-25T00:30Z', 10), at('2025-10-25T01:30Z', 100)],
    ...[
      at('2025-10-25T22:30Z', 2),
      at('2025-10-26T00:30Z', 20),
      at('2025-10-26T01:30Z', 40),
      at('2025-10-26T02:30Z', 200),
    ],
    // Apia, the days beside the one that it left out.
    ...[at('2011-12-29T12:00Z', 2), at('2011-12-30T12:00Z', 1)],
    // St. John's, before midnight, at midnight, before midnight again and after it.
    ...[
      at('2006-10-29T02:00Z', 1),
      at('2006-10-29T02:30Z', 10),
      at('2006-10-29T03:00Z', 100),
      at('2006-10-29T04:00Z', 1000),
    ],
    at('1972-01-07T12:00Z', 7),
  ])
})

type Series = {
  total: number
  previousTotal: number | null
  counts: number[]
  previousCounts: (number | null)[]
}
type Counts = { previousFrom: string; message?: string; buckets: { start: string }[]; series: Series[] }

const counts = (args: string) =>
  field<Counts>(`{ loginCounts(${args}) {
    ... on LoginCounts { previousFrom buckets { start } series { total previousTotal counts previousCounts } }
    ... on Error { message } } }`)

it('hours of a day with 25 stand beside the same hours of the day before', async () => {
  const { previousFrom, series } = await counts(
    'from: "2025-10-25T22:00Z", to: "2025-10-26T23:00Z", bucket: HOUR, timeZone: "Europe/Berlin", previous: true',
  )
  expect(previousFrom).toBe('2025-10-24T22:00:00.000Z')
  expect(series[0]?.counts.slice(0, 5)).toEqual([2, 0, 20, 40, 200])
  expect(series[0]?.previousCounts.slice(0, 5)).toEqual([1, 0, 10, null, 100])
  expect(series[0]).toMatchObject({ total: 262, previousTotal: 111 })
  const { series: after } = await counts(
    'from: "2025-10-26T23:00Z", to: "2025-10-27T23:00Z", bucket: HOUR, timeZone: "Europe/Berlin", previous: true, fillGaps: false',
  )
  expect(after[0]?.previousCounts.slice(0, 5)).toEqual([2, 0, 20, 200, 0])
  expect(after[0]).toMatchObject({ total: 0, previousTotal: 262 })
})

it('a day after one that was left out stands beside the last one that was', async () => {
  const apia = 'from: "2011-12-30T10:00Z", to: "2011-12-31T10:00Z", timeZone: "Pacific/Apia", previous: true'
  for (const bucket of ['DAY', 'HOUR']) {
    const { previousFrom, series } = await counts(`${apia}, bucket: ${bucket}`)
    expect([previousFrom, series[0]?.total, series[0]?.previousTotal]).toEqual([
      '2011-12-29T10:00:00.000Z',
      1,
      2,
    ])
  }
})

it('a day begins once where the clock goes back over midnight', async () => {
  const { buckets, series } = await counts(
    'from: "2006-10-28T02:30Z", to: "2006-10-30T03:30Z", bucket: DAY, timeZone: "America/St_Johns"',
  )
  expect(buckets.map(({ start }) => start)).toEqual(['2006-10-28T02:30:00.000Z', '2006-10-29T02:30:00.000Z'])
  expect(series[0]?.counts).toEqual([1, 1110])
  const within = await counts(
    'from: "2006-10-29T02:45Z", to: "2006-10-30T03:30Z", bucket: DAY, timeZone: "America/St_Johns", previous: true',
  )
  expect(within.buckets.map(({ start }) => start)).toEqual(['2006-10-29T02:45:00.000Z'])
  expect(within.series[0]).toMatchObject({ total: 1100, previousTotal: 1 })
})

it('hours of a clock that is not on whole minutes are refused at once, and those of UTC and of a later clock answered', async () => {
  const monrovia = 'from: "1972-01-07T00:00Z", to: "1972-01-08T00:00Z", bucket: HOUR'
  expect(await counts(`${monrovia}, timeZone: "Africa/Monrovia"`)).toEqual({
    message:
      'a bucket of Africa/Monrovia would begin or end at 1972-01-07T00:44:30.000Z, and counts are kept by whole minutes of UTC: ' +
      'ask with timeZone "UTC", or for a later range',
  })
  expect((await counts(monrovia)).series[0]?.total).toBe(7)
  const later =
    'from: "1972-01-07T01:00Z", to: "1972-01-08T00:00Z", bucket: HOUR, timeZone: "Africa/Monrovia"'
  expect((await counts(later)).series[0]?.total).toBe(7)
})
