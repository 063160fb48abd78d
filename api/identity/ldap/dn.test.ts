import { expect, it } from 'vitest'
import { comparableDn } from './dn.ts'

it.each([
  ['CN=On Call, OU=Groups,DC=corp,DC=example', 'cn=on call,ou=groups,dc=corp,dc=example'],
  ['cn=on  call,ou=groups', 'cn=On Call , ou = groups'],
  ['cn=a\\,b,dc=x', 'cn=a\\2cb,dc=x'],
  ['cn="a,b",dc=x', 'cn=a\\,b,dc=x'],
  ['cn=a+sn=b,dc=x', 'SN=B + CN=A,dc=x'],
  ['cn=m\\c3\\bcller,dc=x', 'cn=müller,dc=x'],
  ['cn=MÜLLER,dc=x', 'cn=mu\u0308ller,dc=x'],
  ['cn=a;dc=x', 'cn=a,dc=x'],
  ['cn=a\\ ,dc=x', 'cn=a,dc=x'],
])('%s is %s', (one, other) => {
  expect(comparableDn(one)).not.toBeNull()
  expect(comparableDn(one)).toBe(comparableDn(other))
})

it.each([
  ['cn=a,dc=x', 'cn=a'],
  ['cn=a\\,dc=x', 'cn=a,dc=x'],
  ['cn=a\\,ou\\=b,dc=x', 'cn=a,ou=b,dc=x'],
  ['cn=a\\+sn\\=b', 'cn=a+sn=b'],
  ['cn=a\\5c,dc=x', 'cn=a,dc=x'],
  ['cn=a,dc=x', 'ou=a,dc=x'],
  ['cn=a,dc=x,dc=y', 'cn=a,dc=y,dc=x'],
  ['cn=ab,dc=x', 'cn=a b,dc=x'],
])('%s is not %s', (one, other) => {
  expect(comparableDn(one)).not.toBeNull()
  expect(comparableDn(one)).not.toBe(comparableDn(other))
})

it.each([
  '',
  'staff',
  'cn',
  '=a',
  'cn=a,',
  'cn=a,,dc=x',
  ',cn=a',
  'cn=a,staff',
  'cn=a\\',
  'cn="a',
  '/realm/staff',
])('is no DN: %s', (text) => {
  expect(comparableDn(text)).toBeNull()
})
