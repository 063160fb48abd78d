import { expect, it } from 'vitest'
import { whyUnusable } from './account-state.ts'

const NOW_MS = Date.parse('2026-03-01T00:00:00Z')
/** As Active Directory counts. */
const filetime = (time: string) => String((BigInt(Date.parse(time)) + 11_644_473_600_000n) * 10_000n)
const why = (attributes: Record<string, string>) =>
  whyUnusable({ text: (attribute) => attributes[attribute] ?? null }, NOW_MS)

it.each([
  ['it is disabled', { userAccountControl: '514' }],
  ['it has expired', { userAccountControl: '512', accountExpires: filetime('2026-02-28T23:59:59Z') }],
  ['it is locked', { pwdAccountLockedTime: '000001010000Z' }],
  ['it is disabled', { nsAccountLock: 'TRUE' }],
  ['it is disabled', { loginDisabled: 'true' }],
  ['its password must be changed first', { pwdReset: 'TRUE' }],
  ['its password must be changed first', { userAccountControl: '512', pwdLastSet: '0' }],
  ['it has expired', { shadowExpire: '20000' }],
])('of an account that may not be used: %s, %o', (said, attributes) => {
  expect(why(attributes)).toBe(said)
})

it.each([
  [{}],
  [{ userAccountControl: '512', accountExpires: '0' }],
  [{ userAccountControl: '66048', accountExpires: '9223372036854775807', pwdLastSet: '0' }],
  [{ userAccountControl: '512', pwdLastSet: '134405444451606880' }],
  [{ accountExpires: filetime('2026-03-01T00:00:01Z') }],
  [{ pwdAccountLockedTime: '20260228120000Z' }],
  [{ nsAccountLock: 'FALSE', pwdReset: 'FALSE' }],
  [{ shadowExpire: '-1' }],
  [{ shadowExpire: '99999' }],
])('an account may be used: %o', (attributes) => {
  expect(why(attributes)).toBeNull()
})
