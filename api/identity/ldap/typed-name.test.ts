import { FilterParser } from 'ldapts'
import { expect, it } from 'vitest'
import { dnValue, filterValue, isAskable } from './typed-name.ts'

it.each([
  '*',
  'ann)(uid=*',
  '\\2a',
  'a|b',
  'a&b',
  '\0',
  'ann\n',
  "o'brien",
  'ann=1',
  'ü(',
  '💂*',
  '!ann',
  '~',
  '>=',
  ':dn:',
])('a value stays one value in a filter: %s', (name) => {
  expect(FilterParser.parseString(`(uid=${filterValue(name)})`)).toMatchObject({
    attribute: 'uid',
    value: name,
  })
})

it.each([
  ['ann,dc=x', 'ann\\2cdc\\3dx'],
  ['ann+cn=x', 'ann\\2bcn\\3dx'],
  ['#04', '\\2304'],
  [' ann ', '\\20ann\\20'],
  ['a\\,b', 'a\\5c\\2cb'],
  ['ü', '\\c3\\bc'],
  ['ann.b@corp-1', 'ann.b@corp-1'],
])('a value stays one value in a DN: %s', (name, written) => {
  expect(dnValue(name)).toBe(written)
})

it.each([
  ['', 'x'],
  ['ann', ''],
  ['ann', 'a\0b'],
  ['an\0n', 'x'],
  ['ann\r\n', 'x'],
  ['\u202eann', 'x'],
  ['ann\u200b', 'x'],
  [' ann', 'x'],
  ['ann\u00a0', 'x'],
  ['ann  b', 'x'],
  ['a'.repeat(257), 'x'],
  ['ann', 'x'.repeat(1_025)],
  ['ann\ud800', 'x'],
])('a directory is not asked about the name %j with the password %j', (user, password) => {
  expect(isAskable(user, password)).toBe(false)
})

it.each([
  ['ann', 'x'],
  ['ann marie', ' x '],
  ['ann@corp.example', 'pä\tss'],
  ['CORP\\ann', 'x'],
])('it is asked about the name %j with the password %j', (user, password) => {
  expect(isAskable(user, password)).toBe(true)
})
