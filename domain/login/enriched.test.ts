import { expect, it } from 'vitest'
import { enrichedLogin, type LoginSource } from './enriched.ts'
import type { Login } from './login.ts'

const login: Login = {
  userId: 'a6397988-1649-4859-ae5f-a1407b638ca6',
  deviceId: '593-47-5928',
  eventTimeMs: Date.UTC(2024, 6, 10, 2, 0, 25),
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
}
const source: LoginSource = { topic: 'user-login', partition: 3, offset: 42n }

/** The same message written by JSON.stringify, which leaves out undefined members. */
const reference = (given: Login, from: LoginSource) =>
  JSON.stringify({
    type: 'login',
    user_id: given.userId,
    device_id: given.deviceId,
    event_time: new Date(given.eventTimeMs).toISOString(),
    timestamp: Math.floor(given.eventTimeMs / 1000),
    ip: given.ip,
    ip_scope: given.ipScope,
    locale: given.locale,
    locale_kind: given.localeKind,
    app_version: given.appVersion,
    device_type: given.deviceType,
    outcome: given.outcome,
    event_id: given.eventId ?? undefined,
    failure_reason: given.failureReason ?? undefined,
    session_id: given.sessionId ?? undefined,
    extra: given.extra === null ? undefined : (JSON.parse(given.extra) as unknown),
    source: { topic: from.topic, partition: from.partition, offset: Number(from.offset) },
  })

it('writes a login as consumers of processed-data see it', () => {
  expect(enrichedLogin(login, source)).toBe(
    '{"type":"login","user_id":"a6397988-1649-4859-ae5f-a1407b638ca6","device_id":"593-47-5928",' +
      '"event_time":"2024-07-10T02:00:25.000Z","timestamp":1720576825,"ip":"108.228.145.239","ip_scope":"public",' +
      '"locale":"RI","locale_kind":"us_state","app_version":"2.3.0","device_type":"iOS","outcome":"unknown",' +
      '"source":{"topic":"user-login","partition":3,"offset":42}}',
  )
})

it('writes what JSON.stringify writes, for any texts and times', () => {
  const alphabet = Array.from('aZ09 -"\\/<>\'\u007f\u0080\u001f\né\u2028日😀\u200f')
  let state = 7
  const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
  const text = () => Array.from({ length: random(12) }, () => alphabet[random(alphabet.length)]).join('')
  const maybe = () => (random(2) === 0 ? null : text())
  for (let round = 0; round < 5000; round++) {
    const given: Login = {
      ...login,
      ...{ userId: text(), deviceId: text(), locale: text(), appVersion: text() },
      ...{ eventId: maybe(), failureReason: maybe(), sessionId: maybe() },
      eventTimeMs: random(4) === 0 ? random(1000) : random(2_000_000_000) * 1000 + random(1000),
      extra: random(2) === 0 ? null : JSON.stringify({ [`key${text()}`]: text(), nested: [random(9)] }),
    }
    const from = { topic: 'user-login', partition: random(64), offset: BigInt(random(2 ** 31)) * 4_194_304n }
    expect(enrichedLogin(given, from)).toBe(reference(given, from))
  }
})

it('writes times on both sides of midnight, of a leap day and of the epoch', () => {
  const day = Date.UTC(2024, 1, 29)
  const times = [
    day - 1,
    day,
    day + 86_399_999,
    day + 86_400_000,
    1000,
    Date.UTC(9999, 11, 31, 23, 59, 59, 9),
  ]
  for (const eventTimeMs of times) {
    const given = { ...login, eventTimeMs }
    expect(enrichedLogin(given, source)).toBe(reference(given, source))
  }
})
