import { expect, it, vi } from 'vitest'
import { Secret } from '../../../config/secret.ts'
import type { Directory } from './directory.ts'
import { createServiceAccount } from './service-account.ts'

function setUp(refusal: string | null) {
  let nowMs = 0
  let value = 'first'
  const password = new Secret('LDAP_BIND_PASSWORD', { value })
  vi.spyOn(password, 'read').mockImplementation(() => value)
  const bind = vi.fn(() => Promise.resolve(refusal))
  const asAccount = createServiceAccount({ dn: 'cn=x,dc=y', password }, () => nowMs)
  return {
    bind,
    /** How often the directory was asked, once that is done at each of these seconds. */
    askAt: async (...seconds: number[]) => {
      for (const second of seconds) {
        nowMs = second * 1000
        await asAccount({ bind } as unknown as Directory).catch(() => undefined)
      }
      return bind.mock.calls.length
    },
    change: (to: string) => {
      value = to
    },
    error: () => asAccount({ bind } as unknown as Directory).catch((error: unknown) => error),
  }
}

it('a password that is refused is tried again ever later, so that the account is not locked', async () => {
  const { askAt, error } = setUp('wrong')
  expect(await askAt(0, 1, 29)).toBe(1)
  expect(await askAt(30, 31, 89)).toBe(2)
  expect(await askAt(90, 200)).toBe(3)
  expect(await error()).toMatchObject({
    message: 'refuses LDAP_BIND_DN with LDAP_BIND_PASSWORD (wrong): correct them',
  })
  expect(await askAt(...Array.from({ length: 3_600 }, (_, second) => 210 + second))).toBe(10)
})

it('another password is tried at once, and one that is taken every time', async () => {
  const { askAt, bind, change } = setUp('wrong')
  await askAt(0, 1)
  change('second')
  expect(await askAt(2, 3)).toBe(2)
  bind.mockResolvedValue(null)
  change('third')
  expect(await askAt(4, 5, 6)).toBe(5)
  bind.mockResolvedValue('expired')
  expect(await askAt(7, 8)).toBe(6)
})
