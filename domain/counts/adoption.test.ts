import { expect, it } from 'vitest'
import { adoptionOf } from './adoption.ts'
import { parseVersion } from '../fields/versions.ts'

const series = (version: string, logins: [number, bigint][]) => ({
  values: { app_version: version },
  places: logins.map(([place]) => place),
  logins: logins.map(([, count]) => count),
  total: 0n,
})
const buckets = (count: number) =>
  Array.from({ length: count }, (_, place) => ({ fromMs: place, toMs: place + 1 }))

const versions = [
  series('unknown', [[0, 1n]]),
  series('2.9.0', [
    [0, 3n],
    [1, 3n],
    [2, 1n],
  ]),
  series('2.10.0', [
    [1, 1n],
    [2, 2n],
  ]),
  series('3.0.0-beta.1', [[2, 1n]]),
]

it('a version older than the newest one of the bucket is outdated; text that is no version is not', () => {
  const newest = [null, '2.10.0', '2.10.0', '3.0.0']
  const points = adoptionOf(versions, buckets(4), ({ fromMs }) => parseVersion(newest[fromMs] ?? ''))
  expect(
    points.map(({ newest, outdatedLogins, outdatedShare }) => [newest, outdatedLogins, outdatedShare]),
  ).toEqual([
    [null, 0n, 0],
    ['2.10.0', 3n, 0.75],
    ['2.10.0', 1n, 0.25],
    ['3.0.0', 0n, 0],
  ])
  expect(points[2]?.versions).toEqual([
    { version: '2.9.0', logins: 1n, share: 0.25 },
    { version: '2.10.0', logins: 2n, share: 0.5 },
    { version: '3.0.0-beta.1', logins: 1n, share: 0.25 },
  ])
})

it('looks at each of thousands of versions only in the buckets that have logins of it', () => {
  let asked = 0
  const many = Array.from({ length: 5_000 }, (_, i) => {
    const places = [i, i + 5_000]
    return {
      values: { app_version: `1.0.${i}` },
      get places() {
        asked++
        return places
      },
      logins: [1n, 1n],
      total: 2n,
    }
  })
  const points = adoptionOf(many, buckets(10_000), () => parseVersion('1.0.4999'))
  expect(points.filter(({ outdatedLogins }) => outdatedLogins === 1n)).toHaveLength(9_998)
  expect(asked).toBe(5_000)
})
