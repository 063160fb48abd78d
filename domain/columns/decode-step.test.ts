import { expect, test } from 'vitest'
import { decodeRecords } from '../decode/decode-records.ts'
import { rulesWith } from '../decode/rules-fixture.ts'
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
  return { decoded: { accepted, rejected }, asked }
}

const ROUNDS = 40
const RECORDS = 250

test('whatever bytes come, the columns say of them what the decoder says', () => {
  let [logins, asked] = [0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    const records = mutatedMessages(round, RECORDS, NOW_MS).map(asRecord)
    const columns = byColumns(records)
    expect(columns.decoded).toEqual(decodeRecords(records, options))
    logins += columns.decoded.accepted.length
    asked += columns.asked
  }
  // Otherwise the one would be compared with itself.
  expect(ROUNDS * RECORDS - asked).toBeGreaterThan(logins / 2)
  expect(logins).toBeGreaterThan((ROUNDS * RECORDS) / 4)
})

test('what earlier rules decided is read by them', () => {
  const earlier = { ...options, rules: { ...options.rules, version: 1 as const } }
  for (let round = 0; round < 4; round++) {
    const records = mutatedMessages(round, RECORDS, NOW_MS).map(asRecord)
    const { logins, asked } = decided(records, earlier)
    const read = Array.from({ length: logins.count }, (_, index) => loginAt(logins, index))
    expect(read).toEqual(decodeRecords(records, earlier).accepted.map(({ login }) => login))
    expect(asked).toBe(RECORDS)
  }
})
