import { expect, it } from 'vitest'
import { refusalInWords } from './refusal-in-words.ts'

const said = (code: string) =>
  `80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data ${code}, v1db1 Code: 0x31`

it.each([
  [said('52e'), 'the password is wrong: data 52e'],
  [said('533'), 'the account is disabled: data 533'],
  [said('0'), said('0')],
  ['invalid DN Code: 0x22', 'invalid DN Code: 0x22'],
  [' Code: 0x31', 'the name or the password is wrong'],
])('%s is told as %s', (message, told) => {
  expect(refusalInWords(message)).toBe(told)
})
