import type { RejectReason } from '../domain/login/login.ts'
import type { ExpectedLogin } from './ground-truth.ts'

/** A record that no well-behaved client sends, and what the product must make of it. */
export type OddRecord = {
  name: string
  value: Buffer | null
  expect: { ok: true; login: ExpectedLogin & { ip: string } } | { ok: false; reason: RejectReason }
}

const original = {
  user_id: 'odd-user',
  app_version: '2.3.0',
  ip: '108.228.145.239',
  locale: 'RI',
  device_id: '593-47-5928',
  timestamp: 0,
  device_type: 'iOS',
}

/**
 * At least one record for every reject reason, and one for every odd form that is accepted, dated just before
 * `nowMs`.
 * @param maxBytes the product's limit (LOGIN_MAX_BYTES)
 */
export function garbage(nowMs: number, maxBytes = 64 * 1024): OddRecord[] {
  const timestamp = Math.floor(nowMs / 1000) - 60
  return [...rejectedRecords(timestamp, maxBytes), ...acceptedRecords(timestamp)]
}

/** Writes variants of a usual message with this timestamp (Unix seconds). */
function variantsOf(timestamp: number) {
  const message = { ...original, timestamp }
  return {
    message,
    json: (change: object) => Buffer.from(JSON.stringify({ ...message, ...change })),
    withField: (field: string) => Buffer.from(`${JSON.stringify(message).slice(0, -1)},${field}}`),
  }
}

function rejectedRecords(timestamp: number, maxBytes: number): OddRecord[] {
  const { json, withField } = variantsOf(timestamp)
  const rejected = (reason: RejectReason, name: string, value: Buffer | null): OddRecord => ({
    name,
    value,
    expect: { ok: false, reason },
  })
  return [
    rejected('empty', 'a tombstone', null),
    rejected('empty', 'no bytes', Buffer.alloc(0)),
    rejected('too_large', 'one byte too many', Buffer.alloc(maxBytes + 1, ' ')),
    rejected('not_utf8', 'broken UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])),
    rejected('not_utf8', 'UTF-16', Buffer.from('\ufeff{}', 'utf16le')),
    rejected(
      'avro_or_protobuf',
      'Avro behind a schema id',
      Buffer.from([0, 0, 0, 0, 42, 8, 0x75, 0x73, 0x65, 0x72]),
    ),
    rejected('not_json', 'plain text', Buffer.from('hello')),
    rejected('not_json', 'half a message', json({}).subarray(0, 40)),
    rejected('not_json', 'NUL bytes', Buffer.alloc(16)),
    rejected('not_an_object', 'an array', Buffer.from('[1,2]')),
    rejected('not_an_object', 'a deep array', Buffer.from('['.repeat(10_000) + ']'.repeat(10_000))),
    rejected('not_an_object', 'null', Buffer.from('null')),
    rejected('nested_too_deep', 'deep', withField(`"x":${'['.repeat(10_000)}${']'.repeat(10_000)}`)),
    rejected('user_id_missing', 'no user_id', json({ user_id: undefined })),
    rejected('user_id_missing', 'a null user_id', json({ user_id: null })),
    rejected('user_id_missing', 'a user_id behind __proto__', Buffer.from('{"__proto__":{"user_id":"u"}}')),
    rejected('user_id_invalid', 'a number as user_id', json({ user_id: 7 })),
    rejected('user_id_invalid', 'NUL in user_id', json({ user_id: 'a\0b' })),
    rejected('user_id_invalid', 'a lone surrogate in user_id', withField('"user_id":"a\\ud83d"')),
    rejected('user_id_invalid', 'a long user_id', json({ user_id: 'x'.repeat(129) })),
    rejected('device_id_missing', 'no device_id', json({ device_id: undefined })),
    rejected('device_id_invalid', 'a blank device_id', json({ device_id: ' ' })),
    rejected('ip_missing', 'no ip', json({ ip: undefined })),
    rejected('ip_invalid', 'octets out of range', json({ ip: '999.1.1.1' })),
    rejected('ip_invalid', 'leading zeros', json({ ip: '010.1.1.1' })),
    rejected('ip_invalid', 'a list without an address', json({ ip: 'unknown, 10.1.2.3' })),
    rejected('ip_invalid', 'a number as ip', json({ ip: 7 })),
    rejected('timestamp_missing', 'no timestamp', json({ timestamp: undefined })),
    rejected('timestamp_invalid', 'a date of no zone', json({ timestamp: '2024-07-10T02:00:25' })),
    rejected('timestamp_invalid', 'a date as an array', json({ timestamp: [2024, 7, 10, 2, 0, 25] })),
    rejected('timestamp_too_old', 'a year of the last century', json({ timestamp: 315_532_800 })),
    rejected('timestamp_not_positive', 'zero', json({ timestamp: 0 })),
    rejected('timestamp_not_positive', 'negative', json({ timestamp: -timestamp })),
    // A day ahead, not just over an hour: the product's clock has moved on when it reads this.
    rejected('timestamp_in_future', 'tomorrow', json({ timestamp: timestamp + 86_400 })),
    rejected('timestamp_in_future', 'beyond a double', withField('"timestamp":1e400')),
  ]
}

function acceptedRecords(timestamp: number): OddRecord[] {
  const { message, json, withField } = variantsOf(timestamp)
  const usual = {
    userId: message.user_id,
    eventTimeMs: timestamp * 1000,
    deviceType: 'iOS',
    appVersion: message.app_version,
    locale: message.locale,
    outcome: 'unknown',
    ip: message.ip,
  }
  const accepted = (name: string, value: Buffer, difference: Partial<typeof usual> = {}): OddRecord => ({
    name,
    value,
    expect: { ok: true, login: { ...usual, ...difference } },
  })
  return [
    accepted('a numeric string', json({ timestamp: String(timestamp) })),
    accepted('milliseconds', json({ timestamp: timestamp * 1000 + 7 }), {
      eventTimeMs: timestamp * 1000 + 7,
    }),
    accepted('a fraction', json({ timestamp: timestamp + 0.5 }), { eventTimeMs: timestamp * 1000 + 500 }),
    accepted('a date', json({ timestamp: new Date(timestamp * 1000).toISOString() })),
    accepted('microseconds', json({ timestamp: timestamp * 1_000_000 })),
    accepted('a schema registry prefix', Buffer.concat([Buffer.from([0, 0, 0, 0, 42]), json({})])),
    accepted('an envelope of Kafka Connect', Buffer.from(JSON.stringify({ schema: null, payload: message }))),
    accepted(
      'a structured CloudEvent',
      Buffer.from(
        JSON.stringify({ specversion: '1.0', id: '1', source: '/app', type: 'login', data: message }),
      ),
    ),
    accepted('a late login', json({ timestamp: timestamp - 30 * 86_400 }), {
      eventTimeMs: (timestamp - 30 * 86_400) * 1000,
    }),
    accepted('unknown keys', json({ os: '17.1', nested: { a: [1, null, 'x\0'] } })),
    accepted('a lone surrogate in an unknown key', withField('"x\\ud83d":"\\udc00"')),
    accepted('numbers no double holds', withField('"big":9007199254740993,"huge":1e400')),
    accepted('__proto__ as a key', withField('"__proto__":{"locale":"CA"},"constructor":1')),
    accepted(
      'another key order',
      Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(message).reverse()))),
    ),
    accepted('a byte order mark and blanks', Buffer.from(`\ufeff \r\n${JSON.stringify(message, null, 2)}\n`)),
    accepted('duplicate keys', withField('"user_id":"first","user_id":"last"'), { userId: 'last' }),
    accepted('no device_type', json({ device_type: undefined }), { deviceType: 'unknown' }),
    accepted('a null device_type', json({ device_type: null }), { deviceType: 'unknown' }),
    accepted('an unknown device_type', json({ device_type: 'fridge' }), { deviceType: 'unknown' }),
    accepted('blanks around a device_type', json({ device_type: ' ios ' })),
    accepted('device_type ios', json({ device_type: 'ios' })),
    accepted('device_type Android', json({ device_type: 'Android' }), { deviceType: 'android' }),
    accepted('emoji and right-to-left ids', json({ user_id: '😀مستخدم‏' }), { userId: '😀مستخدم‏' }),
    accepted('128 characters of user_id', json({ user_id: 'y'.repeat(128) }), { userId: 'y'.repeat(128) }),
    accepted('IPv6', json({ ip: '2A00:1450:4001:082A:0:0:0:200E' }), { ip: '2a00:1450:4001:82a::200e' }),
    accepted('IPv4 in IPv6', json({ ip: '::ffff:10.1.2.3' }), { ip: '10.1.2.3' }),
    accepted('an ip with a port', json({ ip: '10.1.2.3:8000' }), { ip: '10.1.2.3' }),
    accepted('an IPv6 zone', json({ ip: 'fe80::1%eth0' }), { ip: 'fe80::1' }),
    accepted('a list of proxies', json({ ip: '10.1.2.3, 10.4.5.6' }), { ip: '10.1.2.3' }),
    accepted('a reserved ip', json({ ip: '203.0.113.7' }), { ip: '203.0.113.7' }),
    accepted('a country as locale', json({ locale: 'RU' }), { locale: 'RU' }),
    accepted('an ambiguous locale in lower case', json({ locale: 'in' }), { locale: 'IN' }),
    accepted('a language tag as locale', json({ locale: 'en-US' }), { locale: 'en-US' }),
    accepted('no locale', json({ locale: undefined }), { locale: 'unknown' }),
    accepted('a version that is not semver', json({ app_version: 'v2 β' }), { appVersion: 'v2 β' }),
    accepted('a number as version', withField('"app_version":2.10'), { appVersion: '2.10' }),
    accepted('a version too long', json({ app_version: '9'.repeat(65) }), { appVersion: 'unknown' }),
    accepted(
      'an outcome',
      json({ outcome: 'Failure', failure_reason: 'password', session_id: 's', event_id: 'e' }),
      {
        outcome: 'failure',
      },
    ),
    accepted('an unknown outcome', json({ outcome: 7 })),
  ]
}
