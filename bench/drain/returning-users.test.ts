import { expect, test } from 'vitest'
import { createReturningUsers } from './returning-users.ts'

const USERS = 50
const LOGINS = 20_000

const logins = (seed: number, count = LOGINS) => {
  const source = createReturningUsers(seed, USERS)
  return Array.from({ length: count }, () => source.next(1_700_000_000).sent)
}

test('every user has two devices and three addresses, which nobody else has', () => {
  const sent = logins(1)
  const byUser = Map.groupBy(sent, ({ userId }) => userId)
  expect(byUser.size).toBe(USERS)
  for (const own of byUser.values()) {
    expect(new Set(own.map(({ deviceId }) => deviceId)).size).toBe(2)
    expect(new Set(own.map(({ ip }) => ip)).size).toBe(3)
    expect(new Set(own.map(({ locale }) => locale)).size).toBe(1)
  }
  expect(new Set(sent.map(({ deviceId }) => deviceId)).size).toBe(2 * USERS)
  expect(new Set(sent.map(({ ip }) => ip)).size).toBe(3 * USERS)
})

test('the first user logs in twice as often as the second and ten times as often as the tenth', () => {
  const byFrequency = [...Map.groupBy(logins(1), ({ userId }) => userId).values()]
    .map(({ length }) => length)
    .sort((a, b) => b - a)
  const harmonic = Array.from({ length: USERS }, (_, rank) => 1 / (rank + 1)).reduce((a, b) => a + b)
  for (const rank of [1, 2, 10]) {
    const share = (byFrequency[rank - 1] ?? 0) / LOGINS
    expect(share * rank * harmonic).toBeGreaterThan(0.9)
    expect(share * rank * harmonic).toBeLessThan(1.1)
  }
})

test('the same seed makes the same logins', () => {
  expect(logins(1, 100)).toEqual(logins(1, 100))
  expect(logins(1, 100)).not.toEqual(logins(2, 100))
})
