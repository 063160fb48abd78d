import { describe, expect, it } from 'vitest'
import { decodeLogin } from './decode-login.ts'
import type { Login } from '../login/login.ts'
import { rulesWith } from './rules-fixture.ts'

const nowMs = Date.UTC(2026, 0, 15)
const nowSeconds = nowMs / 1000
const options = { nowMs, rules: rulesWith() }

const original = {
  user_id: 'a6397988-1649-4859-ae5f-a1407b638ca6',
  app_version: '2.3.0',
  ip: '108.228.145.239',
  locale: 'RI',
  device_id: '6221eb3d-89b5-4585-8c98-545b78e24c53',
  timestamp: 1720576825,
  device_type: 'iOS',
}

const decodeText = (text: string) => decodeLogin(new TextEncoder().encode(text), options)
const decode = (change: Record<string, unknown>) => decodeText(JSON.stringify({ ...original, ...change }))

function accepted(result: ReturnType<typeof decodeLogin>): Login {
  if (!result.ok) throw new Error(`rejected: ${result.reason} (${result.detail})`)
  return result.login
}
const login = (change: Record<string, unknown>) => accepted(decode(change))
const reason = (result: ReturnType<typeof decodeLogin>) => (result.ok ? 'accepted' : result.reason)
const withField = (json: string) => `${JSON.stringify(original).slice(0, -1)},${json}}`

describe('a login in the form the original generator sends', () => {
  it('is accepted with every field in its normal form', () => {
    expect(decode({})).toEqual({
      ok: true,
      login: {
        userId: original.user_id,
        deviceId: original.device_id,
        eventTimeMs: 1720576825_000,
        ip: '108.228.145.239',
        ipScope: 'public',
        locale: 'RI',
        localeKind: 'us_state',
        appVersion: '2.3.0',
        deviceType: 'iOS',
        outcome: 'unknown',
        eventId: null,
        failureReason: null,
        sessionId: null,
        extra: null,
      },
    })
  })

  it('is accepted in the form of the written description', () => {
    const { eventTimeMs, deviceId, locale, localeKind } = login({
      timestamp: '1694479551',
      device_id: '593-47-5928',
      locale: 'RU',
    })
    expect({ eventTimeMs, deviceId, locale, localeKind }).toEqual({
      eventTimeMs: 1694479551_000,
      deviceId: '593-47-5928',
      locale: 'RU',
      localeKind: 'iso_country',
    })
  })

  it('does not depend on key order, whitespace or a byte order mark', () => {
    const reversed = Object.fromEntries(Object.entries(original).reverse())
    expect(decodeText(`\ufeff\n ${JSON.stringify(reversed, null, 4)}\r\n`)).toEqual(decode({}))
  })

  it('takes the last of duplicate keys', () => {
    expect(accepted(decodeText(withField('"user_id":"first","user_id":"last"'))).userId).toBe('last')
  })
})

describe('a record that is no login', () => {
  const missing = (key: keyof typeof original) => decode({ [key]: undefined })

  it.each<[string, ReturnType<typeof decodeLogin>, string]>([
    ['a tombstone', decodeLogin(null, options), 'empty'],
    ['no bytes', decodeLogin(new Uint8Array(), options), 'empty'],
    ['too many bytes', decodeLogin(new Uint8Array(100_001), options), 'too_large'],
    ['bytes that are no UTF-8', decodeLogin(new Uint8Array([0x7b, 0xc3, 0x28, 0x7d]), options), 'not_utf8'],
    [
      'a surrogate in UTF-8',
      decodeLogin(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), options),
      'not_utf8',
    ],
    ['UTF-16', decodeLogin(new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), options), 'not_utf8'],
    ['plain text', decodeText('hello'), 'not_json'],
    ['NUL bytes', decodeText('\0\0\0'), 'not_json'],
    ['a raw control character', decodeText(withField('"x":"\u0001"')), 'not_json'],
    ['half an object', decodeText('{"user_id":"a"'), 'not_json'],
    ['two objects', decodeText('{}{}'), 'not_json'],
    ['blanks', decodeText('  '), 'not_json'],
    ['only a byte order mark', decodeText('\ufeff'), 'not_json'],
    ['NaN', decodeText(withField('"x":NaN')), 'not_json'],
    ['an array', decodeText('[]'), 'not_an_object'],
    ['an array 10,000 deep', decodeText('['.repeat(10_000) + ']'.repeat(10_000)), 'not_an_object'],
    ['null', decodeText('null'), 'not_an_object'],
    ['a number', decodeText('1e400'), 'not_an_object'],
    ['text', decodeText('"login"'), 'not_an_object'],
    ['an empty object', decodeText('{}'), 'user_id_missing'],
    ['no user_id', missing('user_id'), 'user_id_missing'],
    ['a null user_id', decode({ user_id: null }), 'user_id_missing'],
    ['a prototype with a user_id', decodeText('{"__proto__":{"user_id":"u"}}'), 'user_id_missing'],
    ['a number as user_id', decode({ user_id: 17 }), 'user_id_invalid'],
    ['an object as user_id', decode({ user_id: {} }), 'user_id_invalid'],
    ['an empty user_id', decode({ user_id: '' }), 'user_id_invalid'],
    ['a blank user_id', decode({ user_id: ' \t\u00a0' }), 'user_id_invalid'],
    ['129 characters of user_id', decode({ user_id: 'x'.repeat(129) }), 'user_id_invalid'],
    ['129 emoji of user_id', decode({ user_id: '😀'.repeat(129) }), 'user_id_invalid'],
    ['NUL in user_id', decode({ user_id: 'a\0b' }), 'user_id_invalid'],
    ['a lone surrogate in user_id', decodeText(withField('"user_id":"a\\ud83d"')), 'user_id_invalid'],
    ['no device_id', missing('device_id'), 'device_id_missing'],
    ['a null device_id', decode({ device_id: null }), 'device_id_missing'],
    ['a boolean device_id', decode({ device_id: true }), 'device_id_invalid'],
    ['an array as device_id', decode({ device_id: ['a'] }), 'device_id_invalid'],
    ['no ip', missing('ip'), 'ip_missing'],
    ['a null ip', decode({ ip: null }), 'ip_missing'],
    ['an empty ip', decode({ ip: '' }), 'ip_invalid'],
    ['a number as ip', decode({ ip: 1827967471 }), 'ip_invalid'],
    ['a host name as ip', decode({ ip: 'localhost' }), 'ip_invalid'],
    ['no timestamp', missing('timestamp'), 'timestamp_missing'],
    ['a null timestamp', decode({ timestamp: null }), 'timestamp_missing'],
    ['a boolean timestamp', decode({ timestamp: true }), 'timestamp_invalid'],
    ['a hexadecimal timestamp', decode({ timestamp: '0x668de9f9' }), 'timestamp_invalid'],
    ['an empty timestamp', decode({ timestamp: '' }), 'timestamp_invalid'],
    ['Arabic digits', decode({ timestamp: '١٧٢٠٥٧٦٨٢٥' }), 'timestamp_invalid'],
    ['timestamp 0', decode({ timestamp: 0 }), 'timestamp_not_positive'],
    ['timestamp "0"', decode({ timestamp: '0' }), 'timestamp_not_positive'],
    ['a negative timestamp', decode({ timestamp: -1720576825 }), 'timestamp_not_positive'],
    ['negative milliseconds', decode({ timestamp: '-1720576825000' }), 'timestamp_not_positive'],
    ['one second past the hour', decode({ timestamp: nowSeconds + 3601 }), 'timestamp_in_future'],
    ['timestamp 1e400', decodeText(withField('"timestamp":1e400')), 'timestamp_in_future'],
    ['400 digits', decode({ timestamp: '9'.repeat(400) }), 'timestamp_in_future'],
    ['33 levels', decodeText(withField(`"x":${'['.repeat(32)}${']'.repeat(32)}`)), 'nested_too_deep'],
    [
      '10,000 levels',
      decodeText(withField(`"x":${'[{"a":'.repeat(5000)}1${'}]'.repeat(5000)}`)),
      'nested_too_deep',
    ],
    [
      'a deep optional field',
      decodeText(withField(`"locale":${'['.repeat(40)}${']'.repeat(40)}`)),
      'nested_too_deep',
    ],
  ])('%s: is rejected for its one reason', (_name, result, expected) => {
    expect(reason(result)).toBe(expected)
  })

  it('is rejected for the first reason when it has several', () => {
    expect(reason(decode({ user_id: 1, device_id: null, ip: 'x', timestamp: -1 }))).toBe('user_id_invalid')
    expect(reason(decode({ device_id: null, ip: 'x', timestamp: -1 }))).toBe('device_id_missing')
    expect(reason(decode({ ip: 'x', timestamp: -1 }))).toBe('ip_invalid')
  })

  it('carries a detail that is short and that Postgres can store', () => {
    const texts = ['\0\0\0', `"${'😀'.repeat(100)}" x`, `x${'😀'.repeat(100)}`, `{"a":"${'x'.repeat(5000)}`]
    const ips = ['a\0b\ud800', 'x'.repeat(5000), '\0'.repeat(100), {}]
    for (const result of [...texts.map(decodeText), ...ips.map((ip) => decode({ ip }))]) {
      if (result.ok) throw new Error('accepted')
      expect(result.detail.length).toBeLessThanOrEqual(1_000)
      expect(result.detail.isWellFormed() && !result.detail.includes('\0')).toBe(true)
    }
  })

  it('never makes the decoder throw, whatever the bytes', () => {
    const bytes = new TextEncoder().encode(JSON.stringify(original))
    for (let index = 0; index < bytes.length; index++) {
      for (const replacement of [0x00, 0x22, 0x2c, 0x5c, 0x7b, 0xff]) {
        const changed = bytes.slice()
        changed[index] = replacement
        expect(() => decodeLogin(changed, options)).not.toThrow()
      }
    }
  })
})

describe('odd but valid', () => {
  it('accepts timestamps up to one hour ahead, late ones, and milliseconds', () => {
    expect(login({ timestamp: nowSeconds + 3600 }).eventTimeMs).toBe(nowMs + 3_600_000)
    expect(login({ timestamp: 1 }).eventTimeMs).toBe(1000)
    expect(login({ timestamp: 1720576825123 }).eventTimeMs).toBe(1720576825123)
    expect(login({ timestamp: '1720576825123' }).eventTimeMs).toBe(1720576825123)
    expect(accepted(decodeText(withField('"timestamp":1.720576825e9'))).eventTimeMs).toBe(1720576825_000)
  })

  it('keeps ids as they are: any script, emoji, 128 characters', () => {
    for (const id of ['17', 'مستخدم‏١', '😀'.repeat(128), 'x'.repeat(128), ' a ', '<b>&"\\', '__proto__']) {
      expect(login({ user_id: id, device_id: id })).toMatchObject({ userId: id, deviceId: id })
    }
  })

  it('ignores the case of device types and counts the others as unknown', () => {
    const deviceTypes = ['ios', 'IOS', 'iOS', 'Android', 'windows', '', null, 7, undefined]
    expect(deviceTypes.map((deviceType) => login({ device_type: deviceType }).deviceType)).toEqual([
      ...['iOS', 'iOS', 'iOS', 'android'],
      ...['unknown', 'unknown', 'unknown', 'unknown', 'unknown'],
    ])
  })

  it('understands common outcomes and counts the others as unknown', () => {
    const outcomes = ['success', 'FAILURE', 'maybe', true, null]
    expect(outcomes.map((outcome) => login({ outcome }).outcome)).toEqual([
      ...['success', 'failure', 'unknown', 'success', 'unknown'],
    ])
  })

  it('takes versions that are not semver, numbers as written, and unknown for the rest', () => {
    const versions = ['2.3.0-beta+7', 'v2', '版本2', ' 2.3.0 ', 7, '', null, 'x'.repeat(65), {}]
    expect(versions.map((appVersion) => login({ app_version: appVersion }).appVersion)).toEqual([
      ...['2.3.0-beta+7', 'v2', '版本2', '2.3.0', '7'],
      ...['unknown', 'unknown', 'unknown', 'unknown'],
    ])
    expect(accepted(decodeText(withField('"app_version":2.10'))).appVersion).toBe('2.10')
  })

  it('takes any locale and unknown for what is none', () => {
    const locales = ['ri', 'en-US', ' TX ', 'IN', '', null, 12, 'x'.repeat(65), 'a\0b']
    const seen = locales.map((locale) => login({ locale }))
    expect(seen.map(({ locale, localeKind }) => `${locale} ${localeKind}`)).toEqual([
      ...['RI us_state', 'en-US other', 'TX us_state', 'IN ambiguous'],
      ...Array.from({ length: 5 }, () => 'unknown other'),
    ])
  })

  it('uses event_id, failure_reason and session_id when they are text', () => {
    const used = login({ event_id: 'e', failure_reason: 'bad password', session_id: 's' })
    expect(used).toMatchObject({ eventId: 'e', failureReason: 'bad password', sessionId: 's', extra: null })
    const unused = login({ event_id: 7, failure_reason: '', session_id: null })
    expect(unused).toMatchObject({ eventId: null, failureReason: null, sessionId: null })
    expect(unused.extra).toBe('{"event_id":7,"failure_reason":""}')
  })
})
