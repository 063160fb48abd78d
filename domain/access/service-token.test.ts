import { expect, test } from 'vitest'
import { refusedRole, stateOf } from './service-token.ts'

test('nobody gives by a token what they may not have themselves', () => {
  expect(refusedRole(['viewer', 'analyst'], ['admin', 'viewer'])).toBe('analyst')
  expect(refusedRole(['operator'], ['admin', 'auditor'])).toBe('operator')
  expect(refusedRole(['viewer', 'analyst'], ['admin', 'analyst'])).toBeNull()
})

test('a role is given by whoever may all that it permits, and everybody may what viewers may', () => {
  expect(refusedRole(['viewer'], ['admin'])).toBeNull()
  expect(refusedRole(['auditor'], ['admin', 'operator'])).toBeNull()
})

test('no token manages tokens', () => {
  expect(refusedRole(['admin'], ['viewer', 'analyst', 'operator', 'admin', 'auditor'])).toBe('admin')
})

test('a token is taken until it expires or is revoked', () => {
  const [expiresAt, nowMs] = [new Date('2026-03-01'), Date.parse('2026-03-01')]
  expect(stateOf({ expiresAt, revokedAt: null }, nowMs - 1)).toBe('active')
  expect(stateOf({ expiresAt, revokedAt: null }, nowMs)).toBe('expired')
  expect(stateOf({ expiresAt, revokedAt: expiresAt }, nowMs - 1)).toBe('revoked')
})
