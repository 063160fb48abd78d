import { expect, it } from 'vitest'
import { createLoginSource } from './login-source.ts'

const take = (count: number, options: Parameters<typeof createLoginSource>[0]) => {
  const source = createLoginSource(options)
  return Array.from({ length: count }, (_, index) => source.next(1_720_576_825 + index))
}

it('writes messages in the form of the original generator: keys, order and types', () => {
  const messages = take(2000, { seed: 1, users: 100 })
  const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
  const form = new RegExp(
    `^{"user_id":"${uuid}","app_version":"\\d\\.\\d\\.\\d","ip":"\\d+\\.\\d+\\.\\d+\\.\\d+","locale":"[A-Z]{2}",` +
      `"device_id":"${uuid}","timestamp":\\d{10}(,"device_type":"(android|iOS)")?}$`,
  )
  for (const { key, value } of messages) {
    expect(value).toMatch(form)
    expect(key).toMatch(new RegExp(`^${uuid}$`))
  }
})

it('leaves device_type out of about 5 % of the messages', () => {
  const messages = take(20_000, { seed: 1, users: 1000 })
  const missing = messages.filter(({ value }) => !value.includes('device_type')).length
  expect(missing / messages.length).toBeCloseTo(0.05, 2)
})

it('repeats itself for the same seed and stream, and for no other', () => {
  const options = { seed: 5, users: 1000, stream: 3 }
  const values = (given: typeof options) => take(50, given).map(({ key, value }) => key + value)
  expect(values(options)).toEqual(values(options))
  expect(values({ ...options, seed: 6 })).not.toEqual(values(options))
  expect(values({ ...options, stream: 4 })).not.toEqual(values(options))
})

it('gives no key twice', () => {
  const messages = [
    ...take(20_000, { seed: 1, users: 10 }),
    ...take(20_000, { seed: 1, users: 10, stream: 1 }),
  ]
  expect(new Set(messages.map(({ key }) => key)).size).toBe(40_000)
})

it('gives every user one device, one locale, one device type and mostly one ip', () => {
  const messages = [...take(5000, { seed: 9, users: 20 }), ...take(5000, { seed: 9, users: 20, stream: 1 })]
  const users = Map.groupBy(messages, ({ sent }) => sent.userId)
  expect(users.size).toBe(20)
  for (const logins of users.values()) {
    const distinct = (pick: (login: (typeof messages)[number]) => unknown) => new Set(logins.map(pick)).size
    expect(distinct(({ sent }) => sent.deviceId)).toBe(1)
    expect(distinct(({ sent }) => sent.locale)).toBe(1)
    expect(distinct(({ sent }) => sent.deviceType ?? 'missing')).toBeLessThanOrEqual(2)
    const byIp = Map.groupBy(logins, ({ sent }) => sent.ip)
    const usualIp = Math.max(...Array.from(byIp.values(), (same) => same.length))
    expect(usualIp / logins.length).toBeGreaterThan(0.7)
  }
})

it('says of each message what it says', () => {
  for (const { value, sent } of take(200, { seed: 2, users: 50 })) {
    expect(JSON.parse(value)).toEqual({
      user_id: sent.userId,
      app_version: sent.appVersion,
      ip: sent.ip,
      locale: sent.locale,
      device_id: sent.deviceId,
      timestamp: sent.timestampSeconds,
      ...(sent.deviceType === null ? {} : { device_type: sent.deviceType }),
    })
  }
})
