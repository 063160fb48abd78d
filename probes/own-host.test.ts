import { expect, it } from 'vitest'
import { isOwn, nameOf } from './own-host.ts'

it.each(['127.0.0.1:4001', '[::1]:80', 'localhost', 'LOCALHOST.', 'a.localhost', 'Rollcall.example:443'])(
  'nobody else can let this name lead here: %s',
  (host) => {
    expect(isOwn(nameOf(`http://${host}`), ['rollcall.example'])).toBe(true)
  },
)

it.each(['evil.example', 'rollcall.example.evil', 'localhost.evil', '127.0.0.1.nip.io', '', 'a b'])(
  'anybody can let this one: %s',
  (host) => {
    expect(isOwn(nameOf(`http://${host}`), ['rollcall.example'])).toBe(false)
  },
)
