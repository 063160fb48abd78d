import { expect, test } from 'vitest'
import { decodeRecords } from '../decode/decode-records.ts'
import { rulesWith } from '../decode/rules-fixture.ts'
import { enrichedLogin } from '../login/enriched.ts'
import { decided } from './columns-fixture.ts'
import { EnrichedBytes } from './enriched-bytes.ts'
import { mutatedMessages } from './mutated-messages.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const options = { nowMs: NOW_MS, rules: rulesWith() }
const source = { topic: 'user-login', partition: 3 }

test('a login has the bytes that enrichedLogin gives it, however it was read', () => {
  const enriched = new EnrichedBytes(source)
  const target = new Uint8Array(1024 * 1024)
  let compared = 0
  for (let round = 0; round < 20; round++) {
    const records = mutatedMessages(round, 200, NOW_MS).map((value, index) => ({
      offset: BigInt(index) * 10n ** 13n,
      timestamp: NOW_MS,
      key: null,
      value,
      headers: [],
    }))
    const { accepted } = decodeRecords(records, options)
    const { logins } = decided(records, options)
    for (const [index, { offset, login }] of accepted.entries()) {
      const end = enriched.put(target, 1, logins, index)
      expect(new TextDecoder().decode(target.subarray(1, end))).toBe(
        enrichedLogin(login, { ...source, offset }),
      )
      expect(end - 1).toBeLessThanOrEqual(enriched.maxBytes(logins, index))
      compared++
    }
  }
  expect(compared).toBeGreaterThan(500)
})
