import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CURRENT_RULES_VERSION, type RulesVersion } from '../decode/decode-rules.ts'
import { decodeLogin } from '../decode/decode-login.ts'
import { rulesWith } from '../decode/rules-fixture.ts'
import { outcomeSpellings, readOutcome, unknownSpelling } from './outcome.ts'

const decoded = (json: string, version: RulesVersion = CURRENT_RULES_VERSION) => {
  const text = `{"user_id":"u","device_id":"d","ip":"192.0.2.1","timestamp":1720576825,"x":{"outcome":"maybe"}${json}}`
  const options = { nowMs: Date.UTC(2026, 0, 15), rules: rulesWith({ version }) }
  const result = decodeLogin(new TextEncoder().encode(text), options)
  if (!result.ok) throw new Error(`rejected: ${result.reason} (${result.detail})`)
  return result.login
}
const sent = (outcome: string) => decoded(`,"outcome":${outcome}`)

describe('the outcome of a login', () => {
  it.each(['success', 'SUCCEEDED', ' ok ', 'Passed', 'allow', 'granted', '1', true, 1, 1.0])(
    '%j says that the user was let in',
    (value) => {
      expect(readOutcome(value)).toBe('success')
    },
  )

  it.each(['failure', 'FAILED', '\tfail\n', 'Denied', 'error', 'refused', '0', false, 0, -0])(
    '%j says that the user was not let in',
    (value) => {
      expect(readOutcome(value)).toBe('failure')
    },
  )

  it.each(['unknown', 'maybe', '', 'not ok', '1.0', 2, 0.5, NaN, null, undefined, {}, ['ok'], 'toString'])(
    '%j says neither',
    (value) => {
      expect(readOutcome(value)).toBe('unknown')
    },
  )
})

it.each(['success', 'failure'] as const)('docs/messages.md lists the spellings of %s', (outcome) => {
  const messages = readFileSync(new URL('../../docs/messages.md', import.meta.url), 'utf8')
  const row = messages.split('\n').find((line) => line.startsWith(`| \`${outcome}\` `)) ?? ''
  const listed = Array.from(row.matchAll(/`(\w+)`/g), ([, spelling = '']) => spelling)
  expect(listed).toEqual([outcome, ...outcomeSpellings[outcome]])
})

describe('a spelling that is not understood', () => {
  it.each([
    ['"pending"', 'pending'],
    ['" Pending "', 'Pending'],
    ['""', ''],
    ['2', '2'],
    ['{"code":7}', '{"code":7}'],
    [JSON.stringify('😀'.repeat(60)), '😀'.repeat(40)],
    [JSON.stringify(`a${'😀'.repeat(60)}`), `a${'😀'.repeat(39)}`],
    ['"a\\u0000b\\ud800"', 'a\ufffdb\ufffd'],
  ])('%s is reported as it was sent, in 40 characters that Postgres can store', (outcome, spelling) => {
    expect(unknownSpelling(sent(outcome))).toBe(spelling)
  })

  it.each(['"success"', '"FAILED"', 'true', '0', '1.0', '"unknown"', '" UNKNOWN "', 'null'])(
    'is not %s',
    (outcome) => {
      expect(unknownSpelling(sent(outcome))).toBeNull()
    },
  )

  it('is not what another key holds, nor a missing one', () => {
    expect(unknownSpelling(decoded(''))).toBeNull()
    expect(unknownSpelling(decoded(',"Outcome":"maybe"'))).toBeNull()
  })

  it('stays in extra; one that is understood does not', () => {
    expect(JSON.parse(sent('"pending"').extra ?? '')).toMatchObject({ outcome: 'pending' })
    expect(JSON.parse(sent('"FAILED"').extra ?? '')).toEqual({ x: { outcome: 'maybe' } })
  })
})

describe('rules before version 3', () => {
  it.each([
    ['"FAILED"', 'unknown', 'unknown'],
    ['true', 'unknown', 'unknown'],
    ['0', 'unknown', 'unknown'],
    ['"Failure"', 'failure', 'failure'],
    ['" success"', 'unknown', 'success'],
  ])('%s is read as then', (outcome, first, second) => {
    for (const [version, expected] of [[1, first] as const, [2, second] as const]) {
      const login = decoded(`,"outcome":${outcome}`, version)
      expect(login.outcome).toBe(expected)
      expect(login.extra).toBe(
        `{"x":{"outcome":"maybe"}${expected === 'unknown' ? `,"outcome":${outcome}` : ''}}`,
      )
    }
  })
})
