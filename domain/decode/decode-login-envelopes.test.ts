import { describe, expect, it } from 'vitest'
import { decodeLogin } from './decode-login.ts'
import { rulesWith } from './rules-fixture.ts'

const options = { nowMs: Date.UTC(2026, 0, 15), rules: rulesWith() }
const original = { user_id: 'u', ip: '108.228.145.239', device_id: 'd', timestamp: 1720576825 }
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const decodeBytes = (...parts: (Uint8Array | number[])[]) =>
  decodeLogin(new Uint8Array(parts.flatMap((part) => [...part])), options)
const decode = (value: unknown) => decodeLogin(bytesOf(value), options)

function login(result: ReturnType<typeof decodeLogin>) {
  if (!result.ok) throw new Error(`rejected: ${result.reason} (${result.detail})`)
  return result.login
}
function reject(result: ReturnType<typeof decodeLogin>) {
  if (result.ok) throw new Error('accepted')
  return result
}

const plain = login(decode(original))
const cloudEvent = { specversion: '1.0', id: '7', source: '/app', type: 'login' }
const base64 = (value: unknown) => btoa(JSON.stringify(value))

describe('an envelope that can be told without doubt is opened', () => {
  it.each<[string, ReturnType<typeof decodeLogin>]>([
    ['the prefix of a schema registry', decodeBytes([0, 0, 0, 0, 42], bytesOf(original))],
    ['with blanks behind it', decodeBytes([0, 0, 1, 0, 42], [32, 10], bytesOf(original))],
    ['Connect with a schema', decode({ schema: { type: 'struct' }, payload: original })],
    ['Connect without one', decode({ payload: original, schema: null })],
    ['both', decodeBytes([0, 0, 0, 0, 42], bytesOf({ schema: null, payload: original }))],
  ])('%s', (_name, result) => {
    expect(login(result)).toEqual(plain)
  })

  it('CloudEvents, of which the attributes are kept', () => {
    const extra = JSON.stringify({ cloudevents: { ...cloudEvent, time: '2026-01-01T00:00:00Z' } })
    const attributes = { ...cloudEvent, time: '2026-01-01T00:00:00Z' }
    expect(login(decode({ ...attributes, data: original }))).toEqual({ ...plain, extra })
    expect(login(decode({ ...attributes, data_base64: base64(original) }))).toEqual({ ...plain, extra })
    expect(login(decode({ schema: null, payload: { ...attributes, data: original } }))).toEqual({
      ...plain,
      extra,
    })
  })

  it('keeps keys and digits of what is inside', () => {
    const inside = `{"schema":null,"payload":${JSON.stringify(original).slice(0, -1)},"app_version":2.10,"big":9007199254740993}}`
    expect(login(decodeLogin(new TextEncoder().encode(inside), options))).toMatchObject({
      appVersion: '2.10',
      extra: '{"big":9007199254740993}',
    })
  })
})

describe('what is no envelope without doubt stays what it is', () => {
  it('a login that has keys of their names', () => {
    const keys = { schema: null, payload: { user_id: 'other' }, data: { user_id: 'other' } }
    expect(login(decode({ ...original, ...keys }))).toMatchObject({
      userId: 'u',
      extra: JSON.stringify(keys),
    })
  })

  it.each<[string, unknown]>([
    ['a payload with further keys beside it', { schema: null, payload: original, topic: 't' }],
    ['a payload without a schema', { payload: original }],
    ['a payload that is text', { schema: null, payload: JSON.stringify(original) }],
    ['an event without an id', { ...cloudEvent, id: undefined, data: original }],
    ['data that is no base64', { ...cloudEvent, data_base64: '*' }],
    ['data that is no JSON', { ...cloudEvent, data_base64: btoa('login') }],
    ['four of them', [1, 2, 3, 4].reduce<unknown>((payload) => ({ schema: null, payload }), original)],
  ])('%s', (_name, value) => {
    expect(reject(decode(value)).reason).toBe('user_id_missing')
  })

  it('however deep the nesting inside is', () => {
    const withDeep = (value: object) =>
      `${JSON.stringify(value).slice(0, -1)},"deep":${'['.repeat(5000)}${']'.repeat(5000)}}`
    const reasonOf = (text: string) => reject(decodeLogin(new TextEncoder().encode(text), options)).reason
    const inside = btoa(withDeep(original))
    expect(reasonOf(JSON.stringify({ ...cloudEvent, data_base64: inside }))).toBe('nested_too_deep')
    expect(reasonOf(withDeep({ ...cloudEvent, data: original }))).toBe('nested_too_deep')
  })
})

describe('the detail of a reject is for the team of its producer', () => {
  const detail = (result: ReturnType<typeof decodeLogin>) => reject(result).detail

  it('names every problem at once, and the keys that are there', () => {
    const keycloak = { time: 1720576825123, type: 'LOGIN_ERROR', userId: null, ipAddress: '203.0.113.7' }
    const all = detail(decode(keycloak))
    for (const part of [
      'no user_id',
      'no device_id',
      'no ip',
      'no timestamp',
      'keys: time, type, userId, ipAddress',
    ])
      expect(all).toContain(part)
    expect(detail(decode({ ...original, ip: 'x', timestamp: [2026, 11] }))).toMatch(
      /ip is the text "x".*\[2026,11\]/,
    )
  })

  it('says in which envelope something is missing', () => {
    expect(detail(decode({ schema: null, payload: { before: null, after: original } }))).toMatch(
      /in an envelope of Kafka Connect: no user_id.*keys: before, after/,
    )
  })

  it('has digits exactly as they were sent', () => {
    const sent = (json: string) => detail(decodeLogin(new TextEncoder().encode(json), options))
    const withId = JSON.stringify({ ...original, user_id: 0 }).replace(':0', ':653247040368672768')
    expect(sent(withId)).toContain('the number 653247040368672768: it must be text')
    const ahead = JSON.stringify({ ...original, timestamp: 0 }).replace(':0}', ':1795945574123456789}')
    expect(sent(ahead)).toContain(
      'timestamp 1795945574123456789 read as nanoseconds is 2026-11-29T09:46:14.123Z',
    )
  })

  it.each<[string, Uint8Array | number[], string, RegExp]>([
    ['Avro', [0, 0, 0, 0, 42, 8, 117, 115], 'avro_or_protobuf', /schema id 42.*00 00 00 00 2a 08/],
    ['Protobuf', [0, 0, 1, 0, 7, 0, 10, 1, 117], 'avro_or_protobuf', /schema id 65543/],
    ['gzip', [0x1f, 0x8b, 8, 0], 'not_utf8', /looks like gzip, first bytes 1f 8b 08 00/],
    ['UTF-16 with a mark', [0xff, 0xfe, 0x7b, 0, 0x7d, 0], 'not_utf8', /UTF-16/],
    ['UTF-16 without one', [0x7b, 0, 0x22, 0, 0x7d, 0], 'not_json', /UTF-16/],
    ['big-endian UTF-16', [0, 0x7b, 0, 0x22, 0, 0x75, 0, 0x7d], 'not_json', /UTF-16/],
    ['Latin-1', [...new TextEncoder().encode('{"name":"Jos'), 0xe9, 0x22, 0x7d], 'not_utf8', /Latin-1/],
    ["Java's writeUTF", [0, 2, 0x7b, 0x7d], 'not_json', /2 bytes of length before the JSON/],
    ['other bytes', [0xc3, 0x28], 'not_utf8', /not UTF-8, first bytes c3 28/],
    ['zeros', new Uint8Array(16), 'not_json', /first bytes 00 00/],
  ])('names %s as what it looks like', (_name, bytes, reason, expected) => {
    expect(reject(decodeBytes(bytes))).toMatchObject({
      reason,
      detail: expect.stringMatching(expected) as string,
    })
  })

  it('says that a login was encoded twice, that there are several, that Python wrote it', () => {
    const text = (value: string) => detail(decodeLogin(new TextEncoder().encode(value), options))
    expect(text(JSON.stringify(JSON.stringify(original)))).toContain('encoded twice')
    expect(text(JSON.stringify([original, original]))).toContain('with 2 values: a record holds one login')
    expect(text("{'user_id': 'u'}")).toContain('json.dumps')
  })
})

it('rules of the version before decide what was accepted then as it was', () => {
  const value = bytesOf({ ...original, device_type: ' iOS ', outcome: 'failure ' })
  const before = decodeLogin(value, { ...options, rules: rulesWith({ version: 1 }) })
  expect(login(before)).toMatchObject({ deviceType: 'unknown', outcome: 'unknown' })
  expect(login(before).extra).toBe('{"device_type":" iOS ","outcome":"failure "}')
  expect(login(decodeLogin(value, options))).toMatchObject({
    deviceType: 'iOS',
    outcome: 'failure',
    extra: null,
  })
})

it('keeps the text of an ip of which something was cut off', () => {
  expect(login(decode({ ...original, ip: '203.0.113.4, 198.51.100.2' }))).toMatchObject({
    ip: '203.0.113.4',
    extra: '{"ip":"203.0.113.4, 198.51.100.2"}',
  })
  expect(login(decode({ ...original, ip: ' 203.0.113.4 ' })).extra).toBeNull()
})

it.each([
  ['1726000000000.9999', 1726000000000],
  ['1726000000.99999989', 1726000000_999],
  ['1726000000999.9999e-3', 1726000000_999],
  ['15109265097799999e-4', 1510926509_779],
])('%s as a number is cut and not rounded', (digits, expected) => {
  const sent = JSON.stringify(original).replace('1720576825', digits)
  const rules = rulesWith({ maxAgeDays: null })
  expect(login(decodeLogin(new TextEncoder().encode(sent), { ...options, rules })).eventTimeMs).toBe(expected)
})

it('a value of thousands of levels makes nothing throw, wherever it stands', () => {
  const deep = '['.repeat(8000) + ']'.repeat(8000)
  for (const key of ['user_id', 'device_id', 'ip', 'timestamp', 'outcome', 'x']) {
    const text = JSON.stringify({ ...original, [key]: 0 }).replace(`"${key}":0`, `"${key}":${deep}`)
    expect(reject(decodeLogin(new TextEncoder().encode(text), options)).detail.length).toBeLessThanOrEqual(
      1_000,
    )
  }
  const event = (rest: string) => `${JSON.stringify(cloudEvent).slice(0, -1)},${rest}}`
  for (const levels of [33, 3000, 8000]) {
    const middle = event(`"x":${'['.repeat(levels)}${']'.repeat(levels)},"data_base64":"${base64(original)}"`)
    const text = event(`"data_base64":"${btoa(middle)}"`)
    expect(reject(decodeLogin(new TextEncoder().encode(text), options)).reason).toBe('nested_too_deep')
  }
})

it('a schema id that reads like a length is one all the same, and a byte order mark behind it is passed over', () => {
  const json = JSON.stringify({ ...original, pad: '' })
  const value = new TextEncoder().encode(JSON.stringify({ ...original, pad: 'x'.repeat(390 - json.length) }))
  expect(value.length).toBe(390)
  expect(decodeBytes([0, 0, 1, 0x87, 0x7b], value).ok).toBe(true)
  expect(decodeBytes([0, 0, 0, 0, 42, 0xef, 0xbb, 0xbf], bytesOf(original)).ok).toBe(true)
})

it('seconds whose fraction a double rounds up to the next one are of the second that was sent', () => {
  const sent = JSON.stringify(original).replace('1720576825', '1720576824.9999999999')
  expect(login(decodeLogin(new TextEncoder().encode(sent), options)).eventTimeMs).toBe(1720576824_999)
})
