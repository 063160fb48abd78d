import { expect, it } from 'vitest'
import { decodeLogin } from '../domain/decode/decode-login.ts'
import { rulesWith } from '../domain/decode/rules-fixture.ts'
import { rejectReasons } from '../domain/login/login.ts'
import { garbage } from './garbage.ts'

const nowMs = Date.UTC(2026, 0, 15)
const records = garbage(nowMs)

it('holds an example of every reason', () => {
  const reasons = new Set(records.flatMap(({ expect: outcome }) => (outcome.ok ? [] : [outcome.reason])))
  expect([...reasons].sort()).toEqual([...rejectReasons].sort())
})

it('names every record once', () => {
  expect(new Set(records.map(({ name }) => name)).size).toBe(records.length)
})

it.each(records)('$name: the decoder does what is written beside it', ({ value, expect: outcome }) => {
  const decoded = decodeLogin(value, { nowMs, rules: rulesWith({ maxBytes: 64 * 1024, maxAgeDays: 3_653 }) })
  expect(decoded).toMatchObject(outcome)
})
