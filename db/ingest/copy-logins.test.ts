import { expect, test } from 'vitest'
import { decided, loginAt } from '../../domain/columns/columns-fixture.ts'
import { mutatedMessages } from '../../domain/columns/mutated-messages.ts'
import { rulesWith } from '../../domain/decode/rules-fixture.ts'
import type { Login } from '../../domain/login/login.ts'
import { LoginRows } from './copy-logins.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const KEEP_FROM_MS = NOW_MS - 500_000_000
const options = { nowMs: NOW_MS, rules: rulesWith() }

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const field = (text: string | null) =>
  text === null ? '\\N' : text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? '')

/** A row as https://www.postgresql.org/docs/18/sql-copy.html describes its text format. */
const row = (login: Login, offset: number): string =>
  [
    ...[new Date(login.eventTimeMs).toISOString(), field(login.userId), field(login.deviceId), login.ip],
    ...[login.ipScope, field(login.locale), login.localeKind, field(login.appVersion), login.deviceType],
    ...[login.outcome, field(login.eventId), field(login.failureReason), field(login.sessionId)],
    ...[field(login.extra), 3, offset, 77],
  ].join('\t') + '\n'

test('rows are what COPY reads as the logins, whatever their texts, and none is of an event before the limit', () => {
  let written = 0
  for (let round = 0; round < 20; round++) {
    const records = mutatedMessages(round, 200, NOW_MS).map((value, index) => ({
      offset: BigInt(index) * 10n ** 12n,
      timestamp: NOW_MS,
      key: null,
      value,
      headers: [],
    }))
    const { logins } = decided(records, options)
    const rows = new LoginRows(77n, 3, KEEP_FROM_MS)
    rows.add(logins)
    const expected = Array.from({ length: logins.count }, (_, at) => ({
      login: loginAt(logins, at),
      offset: logins.offsets[at] ?? NaN,
    })).filter(({ login }) => login.eventTimeMs >= KEEP_FROM_MS)
    expect(Buffer.concat(rows.bytes.pieces()).toString()).toBe(
      expected.map(({ login, offset }) => row(login, offset)).join(''),
    )
    expect(rows.count).toBe(expected.length)
    written += rows.count
  }
  expect(written).toBeGreaterThan(300)
})
