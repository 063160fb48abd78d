import { expect, test } from 'vitest'
import { decided, loginAt } from '../../domain/columns/columns-fixture.ts'
import { mutatedMessages } from '../../domain/columns/mutated-messages.ts'
import { rulesWith } from '../../domain/decode/rules-fixture.ts'
import { enrichedLogin } from '../../domain/login/enriched.ts'
import { encodeRecordBatch, type OutputRecord } from '../../kafka/records/encode-record-batch.ts'
import { partitionForKey } from '../../kafka/records/murmur2.ts'
import { LoginRecord } from './login-record.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const state = { producerId: 1n, producerEpoch: 0, firstSequence: 0 }
const encoded = (record: OutputRecord) => encodeRecordBatch([record], state, NOW_MS)

test('a login is published as the record of its texts, and to the partition of its user', () => {
  const key = { topic: 'user-login', partition: 3 }
  const login = new LoginRecord(key, 'user-login/3')
  let compared = 0
  for (let round = 0; round < 10; round++) {
    const records = mutatedMessages(round, 200, NOW_MS).map((value, index) => ({
      offset: BigInt(index) * 10n ** 13n,
      timestamp: NOW_MS,
      key: null,
      value,
      headers: [],
    }))
    const { logins } = decided(records, { nowMs: NOW_MS, rules: rulesWith() })
    for (let at = 0; at < logins.count; at++) {
      const expected = loginAt(logins, at)
      const offset = BigInt(logins.offsets[at] ?? -1)
      const record = login.of(logins, at)
      expect(encoded(record)).toEqual(
        encoded({
          key: expected.userId,
          value: enrichedLogin(expected, { ...key, offset }),
          headers: [
            ['rollcall-schema-version', '1'],
            ['rollcall-source', `user-login/3/${offset}`],
          ],
        }),
      )
      expect(partitionForKey(record.key as Uint8Array, 7)).toBe(partitionForKey(expected.userId, 7))
      compared++
    }
  }
  expect(compared).toBeGreaterThan(300)
})

test('a login of a traced record carries its headers unchanged, and the one after it does not', () => {
  const value = mutatedMessages(0, 200, NOW_MS).find((message) => isLogin(message)) ?? expect.fail('no login')
  const { logins } = isLogin(value) ?? expect.fail('no login')
  const login = new LoginRecord({ topic: 'user-login', partition: 3 }, 'user-login/3')
  const [traceparent, one, other] = ['00-traceparent', 'a=1', 'b=2'].map((text) => Buffer.from(text))
  const namesOf = ({ headers }: OutputRecord) => headers.map(([name, bytes]) => [String(name), bytes])
  const traceContext = { traceparent: traceparent ?? expect.fail(), tracestates: [one, other] as Buffer[] }
  expect(namesOf(login.of(logins, 0, traceContext)).slice(2)).toEqual([
    ['traceparent', traceparent],
    ['tracestate', one],
    ['tracestate', other],
  ])
  expect(namesOf(login.of(logins, 0))).toHaveLength(2)
})

function isLogin(value: Uint8Array) {
  const record = { offset: 7n, timestamp: NOW_MS, key: null, value, headers: [] }
  const made = decided([record], { nowMs: NOW_MS, rules: rulesWith() })
  return made.logins.count === 1 ? made : null
}
