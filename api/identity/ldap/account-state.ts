import type { Person } from './person.ts'

/** The flags ACCOUNTDISABLE and DONT_EXPIRE_PASSWD: https://learn.microsoft.com/en-us/windows/win32/adschema/a-useraccountcontrol */
const [DISABLED_FLAG, NEVER_EXPIRES_FLAG] = [0x2, 0x10000]
/** Intervals of 100 ns since 1601, as Active Directory counts; 1970 is this many milliseconds later. */
const [INTERVALS_A_MS, FROM_1601_MS] = [10_000n, 11_644_473_600_000n]
/** With which OpenLDAP's password policy locks an account until somebody unlocks it. */
const LOCKED_FOR_GOOD = '000001010000Z'
const DAY_MS = 86_400_000

/** What tells whether an account may be used, in the directories that people run. */
export const STATE_ATTRIBUTES = [
  ...['userAccountControl', 'accountExpires', 'pwdLastSet', 'pwdAccountLockedTime', 'pwdReset'],
  ...['nsAccountLock', 'loginDisabled', 'shadowExpire'],
]

/**
 * Why an account may not be used, for the log; null: it may. A lock that ends by itself is the server's matter, which refuses the
 * bind: strangers who guess at a password must not end sessions.
 */
export function whyUnusable({ text }: Pick<Person, 'text'>, nowMs: number): string | null {
  const flags = Number(text('userAccountControl') ?? 0)
  if ((flags & DISABLED_FLAG) !== 0) return 'it is disabled'
  if (isOver(text('accountExpires'), nowMs)) return 'it has expired'
  if (text('pwdAccountLockedTime') === LOCKED_FOR_GOOD) return 'it is locked'
  if (isTrue(text('nsAccountLock')) || isTrue(text('loginDisabled'))) return 'it is disabled'
  const mustChange = text('pwdLastSet') === '0' && (flags & NEVER_EXPIRES_FLAG) === 0
  if (mustChange || isTrue(text('pwdReset'))) return 'its password must be changed first'
  const days = Number(text('shadowExpire') ?? -1)
  return days > 0 && days * DAY_MS <= nowMs ? 'it has expired' : null
}

const isTrue = (value: string | null): boolean => value?.toLowerCase() === 'true'

/** 0 and the largest number mean never. */
function isOver(filetime: string | null, nowMs: number): boolean {
  if (filetime === null || !/^\d+$/.test(filetime) || /^0+$/.test(filetime)) return false
  return BigInt(filetime) / INTERVALS_A_MS - FROM_1601_MS <= BigInt(Math.floor(nowMs))
}
