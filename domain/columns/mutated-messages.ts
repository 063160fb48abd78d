const utf8 = new TextEncoder()

// prettier-ignore
const texts = [
  'a', 'tab\tquote"back\\slash\r\n\u0001', ' ', '', ' a ', 'é', '日本', '\0', '\ud800', '😀', '\u007f', '\u00a0', '\u2028', '\ufeff', '\ufeffa', '"', '\\', '\t', '\n', '/', '\u001f', 'null',
  '__proto__', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(128), 'x'.repeat(129), '😀'.repeat(128), ' '.repeat(129), `${' '.repeat(64)}1`,
]
// prettier-ignore
const ips = [
  '198.51.100.7', '10.0.0.1', '8.8.8.8', '192.168.1.1', '169.254.0.1', '100.64.0.1', '203.0.113.9', '224.0.0.1', '255.255.255.255', '0.0.0.0',
  '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.256', '1.2.3.4 ', ' 1.2.3.4', '1.2.3.4:80', '1..2.3', '.1.2.3', '1.2.3.', '', '1,2,3,4', '1.2.3.4, 5.6.7.8',
  '2001:db8::1', '2001:DB8:0::1', '::ffff:1.2.3.4', '::', '[2001:db8::1]:443', 'fe80::1%eth0', '/1.2.3.4', 'localhost', '0x7f.1', '1.2.3.4/32',
]
// prettier-ignore
const numbers = [
  '0', '-0', '-1', '01', '0001', '1', '1.', '.5', '1.0', '1e3', '1E3', '1e+3', '1e-3', '1e', '1e400', '+1', 'NaN', 'Infinity', '0x10', '1_000',
  '99999999999', '100000000000', '9007199254740993', '1e20', '1.5e9',
]
const words: Record<string, readonly string[]> = {
  locale: ['US', 'us', ' us ', 'de_DE', 'en-US', 'unknown', 'RI', 'CA', 'DE', 'x', 'U S'],
  app_version: ['2.3.0', ' 2.3.0', '2.10', 'v1', 'unknown', '1.0.0-rc.1+build'],
  device_type: ['android', 'iOS', 'ios', 'ANDROID', ' iOS ', 'windows', 'unknown'],
  outcome: [
    ...['success', 'failure', 'SUCCESS', ' failure', 'denied', 'unknown', 'FAILED', ' ok '],
    ...['true', 'False', '0', '1', '1.0', 'pending'],
  ],
  ip: ips,
}
const keys = [
  'user_id',
  'device_id',
  'ip',
  'timestamp',
  'locale',
  'app_version',
  'device_type',
  'outcome',
  'event_id',
  'failure_reason',
  'session_id',
]
const oddKeys = [
  '',
  'user_ID',
  'user_i',
  'user_ids',
  'USER_ID',
  'data',
  'payload',
  'schema',
  'u\u0073er_id',
  '__proto__',
  'é',
  'timestamq',
]
const otherValues = [
  'null',
  'true',
  'false',
  '{}',
  '[]',
  '{"a":1}',
  '[1,2]',
  '"\\u0041"',
  '"\\ud800"',
  '""',
  'nul',
  'nulL',
  'undefined',
]
const blanks = ['', '', '', '', ' ', '\t', '\n', '\r\n', '  ', '\u00a0', '\v', '\f']

/** A stream of numbers that a seed decides, below a limit. */
function chances(seed: number): (below: number) => number {
  let state = (seed * 48_271 + 11) % 2_147_483_647 || 1
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below
}

/** Messages as producers send them, and others that differ from them in whatever may matter to a reader. */
export function mutatedMessages(seed: number, count: number, nowMs: number): Uint8Array[] {
  const chance = chances(seed)
  const pick = <T>(of: readonly T[]): T => of[chance(of.length)] as T

  const time = (): string => {
    const ms = nowMs - chance(1_000_000_000)
    return pick([
      () => String(Math.floor(ms / 1000)),
      () => String(ms),
      () => `${ms}000`,
      () => `${ms}123456`,
      () => (ms / 1000).toFixed(3),
      () => `${Math.floor(ms / 1000)}.99999999999`,
      () => `${ms}.9999`,
      () => `${ms / 1000}e0`,
      () => `0${ms}`,
      () => `-${ms}`,
      () => JSON.stringify(new Date(ms).toISOString()),
      () => JSON.stringify(String(ms)),
      () => JSON.stringify(` ${ms} `),
      () => `"${new Date(ms).toISOString().slice(0, 19)}+02:00"`,
      () => `"${new Date(ms).toISOString().slice(0, 19)}"`,
      () => String(nowMs + chance(10_000_000)),
      () => String(chance(2_000_000_000)),
      () => pick(numbers),
    ])()
  }
  const usual = (key: string): string => {
    if (key === 'timestamp') return String(Math.floor((nowMs - chance(1_000_000_000)) / 1000))
    if (key === 'outcome' && chance(4) === 0) return pick(['true', 'false', '0', '1'])
    if (key === 'ip') return `"${chance(256)}.${chance(256)}.${chance(256)}.${chance(256)}"`
    return JSON.stringify(pick(words[key] ?? [`${key}-${chance(50)}`]))
  }
  const odd = (key: string): string => {
    if (key === 'timestamp' && chance(4) > 0) return time()
    const text = pick(words[key] ?? texts)
    return pick([
      () => JSON.stringify(text),
      () => JSON.stringify(pick(texts)),
      () => `"${pick(texts)}"`,
      () => pick(otherValues),
      () => pick(numbers),
    ])()
  }
  /** Of a message that is as usual but for one thing, that one thing shows. */
  const almostUsual = (): string => {
    const oddKey = pick(keys)
    const some = keys.filter((key, at) => at < 4 || key === oddKey || chance(3) > 0)
    const parts = some.map((key) => `${JSON.stringify(key)}:${key === oddKey ? odd(key) : usual(key)}`)
    if (chance(12) === 0) parts.push(`"${pick(some)}":${pick(['null', '"twice"', '1'])}`)
    return `{${parts.join(',')}}`
  }
  const message = (): string => {
    const kind = chance(3)
    if (kind === 0) return almostUsual()
    const isOdd = kind === 2
    const optional = keys.slice(4).filter(() => chance(3) > 0)
    const some = [...keys.slice(0, 4), ...optional].filter(() => !isOdd || chance(30) > 0)
    if (chance(3) === 0) some.sort(() => chance(3) - 1)
    if (isOdd && chance(8) === 0) some.push(pick(keys))
    if (isOdd && chance(8) === 0) some.splice(chance(some.length + 1), 0, pick(oddKeys))
    const parts = some.map((key) => {
      const value = isOdd && chance(5) === 0 ? odd(key) : usual(key)
      const gap = () => (isOdd ? pick(blanks) : '')
      return `${gap()}${JSON.stringify(key)}${gap()}:${gap()}${value}${gap()}`
    })
    const all = `{${parts.join(',')}}`
    return isOdd && chance(12) === 0 ? pick(blanks) + all + pick([...blanks, 'x', '{}', ',']) : all
  }
  const mutated = (bytes: Uint8Array): Uint8Array => {
    const at = chance(bytes.length)
    const byte = pick([chance(256), 0x22, 0x2c, 0x3a, 0x5c, 0x7b, 0x7d, 0x30, 0x20, 0x00])
    return pick([
      () => bytes.with(at, byte),
      () => Uint8Array.of(...bytes.subarray(0, at), byte, ...bytes.subarray(at)),
      () => Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + 1)),
      () => bytes.slice(0, at),
      () => Uint8Array.of(...bytes, ...bytes.subarray(at)),
      () => Uint8Array.of(0, 0, 0, 0, chance(9), ...bytes),
    ])()
  }
  return Array.from({ length: count }, () => {
    const bytes = utf8.encode(message())
    return chance(4) === 0 ? mutated(bytes) : bytes
  })
}
