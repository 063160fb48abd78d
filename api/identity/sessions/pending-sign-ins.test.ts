import { expect, it } from 'vitest'
import { secretOf } from '../../../config/secret.ts'
import { createPendingSignIns } from './pending-sign-ins.ts'
import { createSeal } from './seal.ts'
import { cookiesOf } from './session-cookie.ts'

function setUp() {
  const key = secretOf('SESSION_KEY', 'k'.repeat(32), undefined)
  if (key === null) throw new Error('there is no key')
  let nowMs = 0
  const cookies = cookiesOf('https://rollcall.example')
  const pending = createPendingSignIns(cookies, createSeal(key), () => nowMs)
  const jar = new Map<string, string>()
  const headers = () =>
    new Headers({ cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') })
  const begin = (state: string) => {
    const to = `https://rollcall.example/${'x'.repeat(511)}`
    const begun = { way: 'idp', pending: JSON.stringify({ state, nonce: state, verifier: state }), to }
    for (const cookie of pending.bind(headers(), state, begun)) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
  }
  return { pending, jar, headers, begin, pass: (ms: number) => (nowMs += ms) }
}

const state = (number: number) => String(number).repeat(43)

it('a sign-in belongs to the browser that began it, to its way, and to ten minutes', () => {
  const { pending, headers, begin, pass } = setUp()
  begin(state(1))
  expect(pending.take(headers(), state(1), 'idp')).toMatchObject({ way: 'idp' })
  expect(() => pending.take(headers(), state(2), 'idp')).toThrow('began no such')
  expect(() => pending.take(headers(), state(1), 'other')).toThrow('began no such')
  expect(() => pending.take(new Headers(), state(1), 'idp')).toThrow('began no such')
  pass(600_001)
  expect(() => pending.take(headers(), state(1), 'idp')).toThrow('began no such')
})

it('tabs sign in beside each other, and however many are begun, their cookies stay small', () => {
  const { pending, headers, begin, jar } = setUp()
  for (const number of [1, 2, 3]) begin(state(number))
  for (const number of [1, 2, 3]) pending.take(headers(), state(number), 'idp')
  for (let number = 4; number < 40; number++) {
    begin(state(number % 9))
    expect(jar.size).toBeLessThanOrEqual(3)
    expect(headers().get('cookie')?.length).toBeLessThan(5_000)
  }
})
