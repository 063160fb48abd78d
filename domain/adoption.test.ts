import { expect, it } from 'vitest'
import { adoptionOf } from './adoption.ts'

const series = (version: string, logins: [number, bigint][]) => ({
  values: { app_version: version },
  places: logins.map(([place]) => place),
  logins: logins.map(([, count]) => count),
  total: 0n,
})

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

it('outdated is what is older than the newest release seen so far; a pre-release makes nothing outdated', () => {
  const points = adoptionOf(versions, 4, null)
  expect(
    points.map(({ newest, outdatedLogins, outdatedShare }) => [newest, outdatedLogins, outdatedShare]),
  ).toEqual([
    ['2.9.0', 0n, 0],
    ['2.10.0', 3n, 0.75],
    ['2.10.0', 1n, 0.25],
    ['2.10.0', 0n, 0],
  ])
  expect(points[2]?.versions).toEqual([
    { version: '2.9.0', logins: 1n, share: 0.25 },
    { version: '2.10.0', logins: 2n, share: 0.5 },
    { version: '3.0.0-beta.1', logins: 1n, share: 0.25 },
  ])
})

it('or older than the version that is said to be current', () => {
  const points = adoptionOf(versions, 3, '3.0.0')
  expect(points.map(({ outdatedLogins }) => outdatedLogins)).toEqual([3n, 4n, 4n])
})
