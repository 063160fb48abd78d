import { expect, it } from 'vitest'
import { ownUrl } from './own-path.ts'

const API = 'https://rollcall.example'

it.each([
  ['/graphql?query={a}', '/graphql?query={a}'],
  ['/', '/'],
  ['/a/../b', '/b'],
  ['/a#b', '/a'],
])('%s is a path of the API', (to, path) => {
  expect(ownUrl(to, API)).toBe(API + path)
})

it.each([
  null,
  '',
  'graphql',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  'https://evil.example/',
  'https:evil.example',
  'javascript:alert(1)',
  '/ok\r\nset-cookie: a=b',
  '/sign-out',
  '/sign-in/with/x',
  `/${'x'.repeat(512)}`,
])('%j leads to GraphiQL', (to) => {
  expect(ownUrl(to, API)).toBe(`${API}/graphql`)
})

it('a path that begins as a host would once it is cleaned stays at the API', () => {
  expect(ownUrl('/.//evil.example', API)).toBe(`${API}//evil.example`)
  expect(new URL(ownUrl('/.//evil.example', API)).host).toBe('rollcall.example')
})
