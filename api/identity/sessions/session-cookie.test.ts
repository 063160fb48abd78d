import { expect, it } from 'vitest'
import { cookiesOf } from './session-cookie.ts'

const ID = 'A'.repeat(43)
const sending = (cookie: string) => new Headers({ cookie })

it('over HTTPS a session is a __Host- cookie that scripts, plain HTTP and other sites’ forms do not get', () => {
  const { keepSession, drop, sessionName } = cookiesOf('https://rollcall.example')
  expect(keepSession(ID)).toBe(`__Host-rollcall-session=${ID}; Path=/; HttpOnly; SameSite=Lax; Secure`)
  expect(drop(sessionName)).toBe(
    '__Host-rollcall-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure',
  )
})

it('on loopback over plain HTTP it has neither the prefix nor Secure, which browsers would refuse', () => {
  expect(cookiesOf('http://127.0.0.1:4000').keepSession(ID)).toBe(
    `rollcall-session=${ID}; Path=/; HttpOnly; SameSite=Lax`,
  )
})

it('over HTTPS a cookie without the prefix, which a page of plain HTTP can set, is no session', () => {
  const { session } = cookiesOf('https://rollcall.example')
  expect(session(sending(`rollcall-session=${ID}`))).toBeNull()
  expect(session(sending(`a=b; __Host-rollcall-session=${ID}; ${'c'.repeat(4_096)}=d`))).toBe(ID)
})

it.each(['', 'x', `${ID}A`, `${ID.slice(1)}'`, `"${ID}"`])('%j is no id of a session', (value) => {
  expect(cookiesOf('http://localhost').session(sending(`rollcall-session=${value}`))).toBeNull()
})
