import { expect, it } from 'vitest'
import { loginsAt, loginsByPlace, peakOf, seriesOf, shareOf, totalsOf } from './series.ts'

const counts = [
  { places: [2, 1], locale: 'NY', device_type: 'iOS', logins: [1n, 3n] },
  { places: [0], locale: 'CA', device_type: 'iOS', logins: [2n] },
  { places: [1], locale: 'MA', device_type: 'iOS', logins: [4n] },
  { places: [2], locale: 'RU', device_type: 'android', logins: [6n] },
]

it('tells counts apart by what was asked for, in order of the values, and adds up the rest', () => {
  const series = [...seriesOf(counts, ['us_region', 'device_type']).values()]
  expect(series).toEqual([
    {
      values: { us_region: 'northeast', device_type: 'iOS' },
      places: [1, 2],
      logins: [7n, 1n],
      total: 8n,
    },
    { values: { us_region: 'other', device_type: 'android' }, places: [2], logins: [6n], total: 6n },
    { values: { us_region: 'west', device_type: 'iOS' }, places: [0], logins: [2n], total: 2n },
  ])
  expect(totalsOf(series)).toEqual(
    new Map([
      [1, 7n],
      [2, 7n],
      [0, 2n],
    ]),
  )
})

it('what adds up to nothing is in no series', () => {
  const one = { locale: 'CA', places: [0, 1], logins: [5n, 2n] }
  const gone = { locale: 'CA', places: [0], logins: [-5n] }
  const alone = { locale: 'NY', places: [0, 0], logins: [3n, -3n] }
  expect([...seriesOf([one, gone, alone], ['locale']).values()]).toEqual([
    { values: { locale: 'CA' }, places: [1], logins: [2n], total: 2n },
  ])
})

it('the peak is the first of the buckets with the most logins', () => {
  const [all] = seriesOf(counts, []).values()
  expect(all).toBeDefined()
  if (all !== undefined) expect(peakOf(all)).toBe(1)
  expect(peakOf({ values: {}, places: [], logins: [], total: 0n })).toBeNull()
})

it('a series says the logins of any bucket, 0 where it has none', () => {
  const series = { values: {}, places: [1, 2, 5], logins: [7n, -1n, 3n], total: 9n }
  expect(loginsByPlace(series, 7)).toEqual([0n, 7n, -1n, 0n, 0n, 3n, 0n])
  expect([...Array(7).keys()].map((place) => loginsAt(series, place))).toEqual(loginsByPlace(series, 7))
})

it('the share of a whole of 0 is 0', () => {
  expect([shareOf(1n, 4n), shareOf(0n, 0n)]).toEqual([0.25, 0])
})
