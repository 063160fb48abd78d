import { describe, expect, it } from 'vitest'
import { decodeLogin } from './decode-login.ts'
import { rulesWith } from './rules-fixture.ts'

const original = { user_id: 'u', ip: '108.228.145.239', device_id: 'd', timestamp: 1720576825 }

function decodeText(text: string) {
  const options = { nowMs: Date.UTC(2026, 0, 15), rules: rulesWith() }
  const result = decodeLogin(new TextEncoder().encode(text), options)
  if (!result.ok) throw new Error(`rejected: ${result.reason} (${result.detail})`)
  return result.login
}
const withField = (json: string) => `${JSON.stringify(original).slice(0, -1)},${json}}`

describe('extra', () => {
  const extra = (json: string) => decodeText(withField(json)).extra

  it('keeps the keys that have no field, nested ones too', () => {
    expect(extra('"os":"17.1","geo":{"lat":1,"tags":[null,true,"x"]}')).toBe(
      '{"os":"17.1","geo":{"lat":1,"tags":[null,true,"x"]}}',
    )
  })

  it('keeps the values of optional fields that could not be used', () => {
    const lost = { device_type: 'windows', app_version: { major: 2 }, locale: 9, outcome: 'maybe' }
    expect(JSON.parse(decodeText(JSON.stringify({ ...original, ...lost })).extra ?? '')).toEqual(lost)
  })

  it('does not repeat values that were used', () => {
    expect(extra('"device_type":"IOS","outcome":null,"app_version":2.1,"locale":"unknown"')).toBeNull()
  })

  it('does not keep nulls of optional fields', () => {
    expect(extra('"event_id":null,"failure_reason":null,"session_id":null,"locale":null')).toBeNull()
  })

  it('keeps __proto__ and constructor as data and changes no prototype', () => {
    expect(extra('"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1')).toBe(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}',
    )
    expect('polluted' in {}).toBe(false)
  })

  it('keeps numbers that a double cannot hold as they were written', () => {
    expect(extra('"a":9007199254740993,"b":0.12345678901234567890,"c":[12345678901234567890],"d":2.50')).toBe(
      '{"a":9007199254740993,"b":0.12345678901234567890,"c":[12345678901234567890],"d":2.50}',
    )
  })

  it('keeps numbers that Postgres numeric may not hold as text', () => {
    expect(extra(`"a":1e400,"b":1e-400,"c":0e99999,"d":-1E+999999,"e":1e300`)).toBe(
      '{"a":"1e400","b":"1e-400","c":"0e99999","d":"-1E+999999","e":1e300}',
    )
    expect(extra(`"a":${'7'.repeat(20_000)}`)).toBe(`{"a":"${'7'.repeat(20_000)}"}`)
  })

  it('replaces NUL and lone surrogates, in keys too, and nothing else', () => {
    expect(extra(String.raw`"a\u0000":"\u0000\ud83d\ude00\ud83d","b\\u0000":"\\ud83d \u001f \\\u0000"`)).toBe(
      String.raw`{"a` + '\ufffd":"\ufffd😀\ufffd' + String.raw`","b\\u0000":"\\ud83d \u001f \\` + '\ufffd"}',
    )
  })

  it('accepts 32 levels and keeps them', () => {
    const deep = '['.repeat(31) + ']'.repeat(31)
    expect(extra(`"deep":${deep}`)).toBe(`{"deep":${deep}}`)
  })

  it('survives a deep value that a duplicate key replaces', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000)
    expect(extra(`"a":${deep},"a":1.5`)).toBe('{"a":1.5}')
  })
})
