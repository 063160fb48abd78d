import { expect, it } from 'vitest'
import { insertCounts } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

const { field, refusal } = useApi(async (sql) => {
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

type Counted = { attempts: number }
type Compared = Counted & { start: string; end: string }
type Measures = {
  buckets: { start: string }[]
  total: Counted & { compared: Compared[] }
  points: (Counted & { compared: Compared[] })[]
}

const question = (args: string) => `{ measures(${args}, compareTo: [{ span: PREVIOUS }]) {
  buckets { start } total { attempts compared { start attempts } } points { attempts compared { start end attempts } } } }`
const counts = async (args: string) => {
  const { buckets, total, points } = await field<Measures>(question(args))
  return {
    starts: buckets.map(({ start }) => start),
    counts: points.map(({ attempts }) => attempts),
    // A bucket that the period before does not have is compared with an empty span.
    before: points.map(({ compared: [one] }) => (one?.start === one?.end ? null : one?.attempts)),
    total: total.attempts,
    totalBefore: total.compared[0]?.attempts,
    startBefore: total.compared[0]?.start,
  }
}

it('hours of a day with 25 stand beside the same hours of the day before', async () => {
  const october = await counts(
    'from: "2025-10-25T22:00Z", to: "2025-10-26T23:00Z", bucket: HOUR, timeZone: "Europe/Berlin"',
  )
  expect(october.startBefore).toBe('2025-10-24T22:00:00.000Z')
  expect(october.counts.slice(0, 5)).toEqual([2, 0, 20, 40, 200])
  expect(october.before.slice(0, 5)).toEqual([1, 0, 10, null, 100])
  expect(october).toMatchObject({ total: 262, totalBefore: 111 })
  const after = await counts(
    'from: "2025-10-26T23:00Z", to: "2025-10-27T23:00Z", bucket: HOUR, timeZone: "Europe/Berlin"',
  )
  expect(after.before.slice(0, 5)).toEqual([2, 0, 20, 200, 0])
  expect(after).toMatchObject({ total: 0, totalBefore: 262 })
})

it('a day after one that was left out stands beside the last one that was', async () => {
  const apia = 'from: "2011-12-30T10:00Z", to: "2011-12-31T10:00Z", timeZone: "Pacific/Apia"'
  for (const bucket of ['DAY', 'HOUR'])
    expect(await counts(`${apia}, bucket: ${bucket}`)).toMatchObject({
      ...{ startBefore: '2011-12-29T10:00:00.000Z', total: 1, totalBefore: 2 },
    })
})

it('a day begins once where the clock goes back over midnight', async () => {
  const days = await counts(
    'from: "2006-10-28T02:30Z", to: "2006-10-30T03:30Z", bucket: DAY, timeZone: "America/St_Johns"',
  )
  expect(days.starts).toEqual(['2006-10-28T02:30:00.000Z', '2006-10-29T02:30:00.000Z'])
  expect(days.counts).toEqual([1, 1110])
  const within = await counts(
    'from: "2006-10-29T02:45Z", to: "2006-10-30T03:30Z", bucket: DAY, timeZone: "America/St_Johns"',
  )
  expect(within.starts).toEqual(['2006-10-29T02:45:00.000Z'])
  expect(within).toMatchObject({ total: 1100, totalBefore: 1 })
})

it('hours of a clock that is not on whole minutes are refused at once, and those of UTC and of a later clock answered', async () => {
  const monrovia = 'from: "1972-01-07T00:00Z", to: "1972-01-08T00:00Z", bucket: HOUR'
  expect(await refusal(question(`${monrovia}, timeZone: "Africa/Monrovia"`))).toEqual({
    ...{ code: 'INVALID_RANGE', argument: 'timeZone' },
    message:
      'a bucket of Africa/Monrovia would begin or end at 1972-01-07T00:44:30.000Z, and counts are kept by whole minutes of UTC: ' +
      'ask with timeZone "UTC", or for a later range',
  })
  expect((await counts(monrovia)).total).toBe(7)
  const later =
    '{ measures(from: "1972-01-07T01:00Z", to: "1972-01-08T00:00Z", bucket: HOUR, timeZone: "Africa/Monrovia") { total { attempts } } }'
  expect(await field(later)).toEqual({ total: { attempts: 7 } })
})
