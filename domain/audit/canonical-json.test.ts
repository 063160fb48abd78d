import { expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

it('gives values that are equal the same text, as RFC 8785 has it', () => {
  // https://datatracker.ietf.org/doc/html/rfc8785#section-3.2
  const value = {
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\u002f',
    literals: [null, true, false],
  }
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
  const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\u{1f600}': 5, '\u0080': 6, ö: 7 }
  expect(canonicalJson(keys)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}')
})

it('leaves out what is undefined, and replaces what Postgres cannot hold', () => {
  expect(canonicalJson({ b: undefined, at: new Date(0), a: 'NUL \0, half \ud800, text \\u0000' })).toBe(
    '{"a":"NUL \ufffd, half \ufffd, text \\\\u0000","at":"1970-01-01T00:00:00.000Z"}',
  )
})
