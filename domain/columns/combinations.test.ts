import { expect, test } from 'vitest'
import { acceptedColumns, loginAt } from './columns-fixture.ts'
import { CURRENT_RULES_VERSION } from '../decode/decode-rules.ts'
import { CombinationTable, SharedCombinations } from './combinations.ts'

const login = loginAt(
  acceptedColumns([
    {
      offset: 0n,
      recordedAt: 0,
      login: {
        ...{ userId: 'u', deviceId: 'd', eventTimeMs: 1, ip: '192.0.2.1', ipScope: 'reserved', locale: 'RI' },
        ...{ localeKind: 'us_state', appVersion: '1', deviceType: 'iOS', outcome: 'unknown', eventId: 'e' },
        ...{ failureReason: 'f', sessionId: 's', extra: '{"a":1}' },
      },
    },
  ]),
  0,
)

test('logins of equal values have one object, which keeps nothing of theirs but these', () => {
  const table = new CombinationTable(CURRENT_RULES_VERSION)
  const first = table.ofLogin(login)
  expect(table.ofLogin({ ...login, userId: 'other', extra: null })).toBe(first)
  expect(table.ofLogin({ ...login, locale: 'DE' })).not.toBe(first)
  expect(first.login).toMatchObject({
    userId: '',
    deviceId: '',
    ip: '',
    eventId: null,
    sessionId: null,
    extra: null,
  })
  expect(JSON.stringify(first)).not.toMatch(/"(u|d|e|f|s)"|192/)
})

test('a full table is followed by another one, which a batch of before does not get', () => {
  const shared = new SharedCombinations()
  const table = shared.of(CURRENT_RULES_VERSION)
  expect(shared.of(CURRENT_RULES_VERSION)).toBe(table)
  for (let n = 0; n < 20_000; n++) table.ofLogin({ ...login, appVersion: `1.${n}` })
  expect(table.isFull).toBe(true)
  expect(shared.of(CURRENT_RULES_VERSION)).not.toBe(table)
  expect(shared.of(1)).not.toBe(shared.of(1))
})
