import { expect, test } from 'vitest'
import { BatchDraft } from './batch-draft.ts'
import { CombinationTable } from '../columns/combinations.ts'
import { decided } from '../columns/columns-fixture.ts'
import { emptyInsight } from './insight.ts'
import { entriesOf, SightingCache } from '../sightings/sighting-cache.ts'
import type { Sightings } from '../sightings/sighting.ts'
import { rulesWith } from '../decode/rules-fixture.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00Z')
const rules = rulesWith({ maxBytes: 1024 })

const record = (offset: number) => ({
  offset: BigInt(offset),
  timestamp: NOW_MS,
  key: null,
  value: Buffer.from(
    offset % 10 === 9
      ? 'not a login'
      : JSON.stringify({
          user_id: `user ${offset % 7}`,
          app_version: '2.3.0',
          ip: '198.51.100.7',
          locale: 'RI',
          device_id: `device ${offset}`,
          timestamp: NOW_MS / 1000 - 600 + offset,
          device_type: offset % 2 === 0 ? 'iOS' : 'android',
        }),
  ),
  headers: [],
})

function decidedInSteps(sizes: number[]) {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const draft = new BatchDraft({ topic: 't', partition: 0, from: 0n, to: BigInt(total) }, NOW_MS, {
    rules,
    unfinishedInsight: emptyInsight(),
    insightSize: 20,
    sighting: new SightingCache(new Int32Array(2)),
    latestEventMs: -Infinity,
    countedAtMs: NOW_MS,
  })
  const combinations = new CombinationTable(rules.version)
  let first = 0
  for (const size of sizes) {
    const records = Array.from({ length: size }, (_, i) => record(first + i))
    const { logins, rejected } = decided(records, { nowMs: NOW_MS, rules }, { combinations })
    draft.add(logins, rejected)
    first += size
  }
  return draft.decided()
}

test('a range means the same, however its records are cut into steps', () => {
  const whole = decidedInSteps([100])
  expect(decidedInSteps([1, 49, 0, 30, 20])).toEqual(whole)
  expect(whole).toMatchObject({
    logins: 90,
    events: { firstMs: NOW_MS - 600_000, lastMs: NOW_MS - 502_000 },
  })
  expect(whole.rejected.map((reject) => reject.record.offset)).toEqual(
    [9, 19, 29, 39, 49, 59, 69, 79, 89, 99].map(BigInt),
  )
  expect(whole.minutes.logins.reduce((sum, logins) => sum + logins)).toBe(90)
  expect(whole.insights.length).toBe(4)
  const sightings = JSON.parse(whole.sightings.json) as Sightings
  expect(entriesOf(sightings.filter(({ kind }) => kind === 'device'))).toBe(90)
})

test('a range without logins has no events, and keeps the insight that it found unfinished', () => {
  expect(decidedInSteps([0])).toMatchObject({ logins: 0, events: null, unfinishedInsight: emptyInsight() })
})
