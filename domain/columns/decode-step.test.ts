import { expect, test } from 'vitest'
import { decodeRecords } from '../decode/decode-records.ts'
import { rulesWith } from '../decode/rules-fixture.ts'
import { unknownSpelling } from '../fields/outcome.ts'
import type { SourceRecord } from '../login/record.ts'
import { decided, loginAt } from './columns-fixture.ts'
import { mutatedMessages } from './mutated-messages.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const options = { nowMs: NOW_MS, rules: rulesWith({ maxBytes: 4_096, maxAgeDays: 365 }) }

const asRecord = (value: Uint8Array | null, index: number): SourceRecord => ({
  offset: BigInt(index),
  timestamp: NOW_MS,
  key: null,
  value,
  headers: [],
})

/** What the columns say, in the shape of the decoder. */
function byColumns(records: SourceRecord[]) {
  const { logins, rejected, asked } = decided(records, options)
  const accepted = Array.from({ length: logins.count }, (_, index) => ({
    offset: BigInt(logins.offsets[index] ?? -1),
    recordedAt: logins.recordedAt[index],
    login: loginAt(logins, index),
  }))
  return { decoded: { accepted, rejected }, unknownOutcomes: logins.unknownOutcomes, asked }
}

const ROUNDS = 40
const RECORDS = 250

test('whatever bytes come, the columns say of them what the decoder says', () => {
  let [logins, asked] = [0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    const records = mutatedMessages(round, RECORDS, NOW_MS).map(asRecord)
    const columns = byColumns(records)
    const expected = decodeRecords(records, options)
    expect(columns.decoded).toEqual(expected)
    expect(columns.unknownOutcomes).toEqual(
      expected.accepted.flatMap(({ login }) => unknownSpelling(login) ?? []),
    )
    logins += columns.decoded.accepted.length
    asked += columns.asked
  }
  // Otherwise the one would be compared with itself.
  expect(ROUNDS * RECORDS - asked).toBeGreaterThan(logins / 2)
  expect(logins).toBeGreaterThan((ROUNDS * RECORDS) / 4)
})

test.each(['"ok"', '"FAILED"', 'true', 'false', '0', '1'])(
  'an outcome of %s is read from the bytes alone',
  (outcome) => {
    const text = `{"user_id":"u","device_id":"d","ip":"192.0.2.1","timestamp":${NOW_MS / 1_000},"outcome":${outcome}}`
    const { decoded, asked } = byColumns([asRecord(new TextEncoder().encode(text), 0)])
    expect(decoded.accepted).toHaveLength(1)
    expect(asked).toBe(0)
  },
)

test.each([1, 2] as const)('what rules of version %i decided is read by them', (version) => {
  const earlier = { ...options, rules: { ...options.rules, version } }
  for (let round = 0; round < 4; round++) {
    const records = mutatedMessages(round, RECORDS, NOW_MS).map(asRecord)
    const { logins, asked } = decided(records, earlier)
    const read = Array.from({ length: logins.count }, (_, index) => loginAt(logins, index))
    expect(read).toEqual(decodeRecords(records, earlier).accepted.map(({ login }) => login))
    expect(asked).toBe(RECORDS)
  }
})
