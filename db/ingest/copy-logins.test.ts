import { expect, test } from 'vitest'
import { decided, loginAt } from '../../domain/columns/columns-fixture.ts'
import { mutatedMessages } from '../../domain/columns/mutated-messages.ts'
import { rulesWith } from '../../domain/decode/rules-fixture.ts'
import type { Login } from '../../domain/login/login.ts'
import { LoginRows } from './copy-logins.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const KEEP_FROM_MS = NOW_MS - 500_000_000
const LIST_FROM_MS = NOW_MS - 5_000_000_000
const options = { nowMs: NOW_MS, rules: rulesWith() }

const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')

/** Reads what https://www.postgresql.org/docs/18/sql-copy.html calls tuples: the fields of each, as hex. */
function tuplesOf(bytes: Buffer): (string | null)[][] {
  if (bytes.length === 0) return []
  expect(bytes.subarray(0, HEADER.length)).toEqual(HEADER)
  const tuples: (string | null)[][] = []
  for (let at = HEADER.length; at < bytes.length;) {
    const fields = Array.from({ length: bytes.readInt16BE(at) }, () => null as string | null)
    at += 2
    for (const index of fields.keys()) {
      const length = bytes.readInt32BE(at)
      at += 4
      if (length < 0) continue
      fields[index] = bytes.toString('hex', at, at + length)
      at += length
    }
    tuples.push(fields)
  }
  return tuples
}

const text = (value: string | null) => (value === null ? null : Buffer.from(value).toString('hex'))
const integer = (value: bigint, bytes: number) =>
  BigInt.asUintN(bytes * 8, value)
    .toString(16)
    .padStart(2 * bytes, '0')

/** `inet` as Postgres's network_recv reads it: family, bits, whether it is a network, length, address. */
function inet(ip: string): string {
  if (!ip.includes(':'))
    return `02200004${ip
      .split('.')
      .map((octet) => integer(BigInt(octet), 1))
      .join('')}`
  const [head = [], tail = []] = ip.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const missing = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return `03800010${[...head, ...missing, ...tail].map((group) => group.padStart(4, '0')).join('')}`
}

const microseconds = (timeMs: number) => BigInt(timeMs - Date.parse('2000-01-01T00:00:00Z')) * 1_000n

const tuple = (login: Login, offset: number) => [
  integer(microseconds(login.eventTimeMs), 8),
  ...[text(login.userId), text(login.deviceId), inet(login.ip), text(login.ipScope), text(login.locale)],
  ...[text(login.localeKind), text(login.appVersion), text(login.deviceType), text(login.outcome)],
  ...[text(login.eventId), text(login.failureReason), text(login.sessionId)],
  login.extra === null ? null : `01${text(login.extra)}`,
  ...[integer(3n, 4), integer(BigInt(offset), 8), integer(77n, 8)],
]

test('rows are what COPY reads as the logins, whatever their texts, each in the table for its event or in none', () => {
  const written = { kept: 0, late: 0 }
  for (let round = 0; round < 20; round++) {
    const records = mutatedMessages(round, 200, NOW_MS).map((value, index) => ({
      offset: BigInt(index) * 10n ** 12n,
      timestamp: NOW_MS,
      key: null,
      value,
      headers: [],
    }))
    const { logins } = decided(records, options)
    const rows = new LoginRows(77n, 3, { rowsFromMs: KEEP_FROM_MS, listsFromMs: LIST_FROM_MS })
    rows.add(logins)
    const all = Array.from({ length: logins.count }, (_, at) => ({
      login: loginAt(logins, at),
      offset: logins.offsets[at] ?? NaN,
    }))
    const bounds = { kept: [KEEP_FROM_MS, Infinity], late: [LIST_FROM_MS, KEEP_FROM_MS] } as const
    for (const table of ['kept', 'late'] as const) {
      const [fromMs, toMs] = bounds[table]
      const expected = all.filter(({ login }) => login.eventTimeMs >= fromMs && login.eventTimeMs < toMs)
      expect(tuplesOf(Buffer.concat(rows[table].bytes.pieces()))).toEqual(
        expected.map(({ login, offset }) => tuple(login, offset)),
      )
      expect(rows[table].count).toBe(expected.length)
      written[table] += expected.length
    }
  }
  expect(written.kept).toBeGreaterThan(300)
  expect(written.late).toBeGreaterThan(20)
})
