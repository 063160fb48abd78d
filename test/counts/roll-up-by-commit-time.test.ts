import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import type { CountSource } from '../../db/read/counts/count-moment.ts'
import { countWritten } from '../../db/read/counts/count-moment.ts'
import { anyLogin } from '../../db/read/counts/count-filter.ts'
import { type CountQuestion, readLoginCounts } from '../../db/read/counts/login-counts.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { bucketMs, QUARTER_MS } from '../../domain/time/bucket.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { createDatabase, type TestDatabase } from '../support/api/api-fixture.ts'
import { insertBatches } from '../support/api/api-rows.ts'

let database: TestDatabase
const session = () => ({ sql: database.sql }) as unknown as ReadSession

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'))
})
beforeEach(
  () => database.sql`truncate batch, login_count_delta, pending_commit_rollup, written_count cascade`,
)
afterAll(() => database.drop())

type Entry = { bucketMs: number; locale: string; logins: number }
type WrittenBatch = { id: number; atMs: number; entries: Entry[] }

const START_MS = Date.parse('2026-01-05T10:00:00Z')
const HOURS = 4

async function write({ id, atMs, entries }: WrittenBatch): Promise<void> {
  const { sql } = database
  await insertBatches(sql, [{ id, from: id, to: id + 1, committedAt: new Date(atMs).toISOString() }])
  const all = (value: string) => entries.map(() => value)
  await sql`
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${id}, ${entries.map(({ bucketMs: at }) => new Date(at).toISOString())}::timestamptz[], ${all('iOS')}::text[],
            ${all('1.0')}::text[], ${entries.map(({ locale }) => locale)}::text[], ${all('success')}::text[],
            ${entries.map(({ logins }) => String(logins))}::bigint[])`
  await sql`insert into pending_commit_rollup (batch_id, revision) values (${id}, 0)`
}

async function rollAll(): Promise<void> {
  while (await rollUpByCommitTime(database.sql));
}

/** `bucket locale` → logins written after `sinceMs` and up to `untilMs`. */
async function found(sinceMs: number | null, untilMs: number | null, sizeMs: number) {
  const text = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const source: CountSource = { kind: 'only', written: { since: text(sinceMs), until: text(untilMs) } }
  const buckets = Array.from({ length: (HOURS * bucketMs.hour) / sizeMs }, (_, i) => ({
    fromMs: START_MS + i * sizeMs,
    toMs: START_MS + (i + 1) * sizeMs,
  }))
  const question: CountQuestion = { source, dimensions: ['locale'], filter: anyLogin }
  const counts = await readLoginCounts(session(), buckets, question, 1_000)
  const pairs = (counts ?? []).flatMap(({ locale, places, logins }) =>
    places.map((place, i): [string, number] => [`${place} ${locale}`, Number(logins[i])]),
  )
  return Object.fromEntries(pairs.sort())
}

function expected(
  batches: readonly WrittenBatch[],
  sinceMs: number | null,
  untilMs: number | null,
  sizeMs: number,
) {
  const sums = new Map<string, number>()
  for (const { atMs, entries } of batches) {
    if (atMs <= (sinceMs ?? -Infinity) || atMs > (untilMs ?? Infinity)) continue
    for (const { bucketMs: at, locale, logins } of entries) {
      const name = `${Math.floor((at - START_MS) / sizeMs)} ${locale}`
      sums.set(name, (sums.get(name) ?? 0) + logins)
    }
  }
  return Object.fromEntries([...sums].sort())
}

test.each([1, 2, 3])(
  'what was written between any two moments is the sum of its batches, however much of it is rolled up (seed %i)',
  async (seed) => {
    const random = sfc32(seed, 0)
    const next = (below: number) => Math.floor(fraction(random) * below)
    const minute = 60_000
    // On whole minutes, so that moments and batches meet at the edges.
    const moment = () => START_MS + next(HOURS * 60) * minute
    const batches: WrittenBatch[] = []
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 25; i++) {
        const atMs = moment()
        const entries = Array.from({ length: 1 + next(3) }, () => ({
          bucketMs: START_MS + next((atMs - START_MS) / minute + 1) * minute,
          locale: next(2) === 0 ? 'CA' : 'NY',
          logins: 1 + next(9),
        }))
        const batch = { id: 1_000 - batches.length, atMs, entries }
        await write(batch)
        batches.push(batch)
      }
      for (let rolled = next(20); rolled > 0; rolled--) await rollUpByCommitTime(database.sql)
      if (round === 2) await rollAll()
      for (let i = 0; i < 12; i++) {
        const [a, b] = [moment(), moment()]
        const since = i % 4 === 0 ? null : Math.min(a, b)
        const until = i % 4 === 1 ? null : Math.max(a, b)
        for (const size of [bucketMs.hour, QUARTER_MS, bucketMs.minute])
          expect(await found(since, until, size)).toEqual(expected(batches, since, until, size))
      }
    }
    await rollAll()
    expect(await database.sql`select from pending_commit_rollup`).toHaveLength(0)
    const hours = [{ fromMs: START_MS, toMs: START_MS + HOURS * bucketMs.hour }]
    const all = { since: null, until: null }
    // Four hours, of which the last may have no batch.
    expect(await countWritten(session(), all, hours, 1_000)).toBeLessThanOrEqual(4 * 5)
  },
)

test('what was written in the last minutes is not rolled up yet', async () => {
  const entries = [{ bucketMs: START_MS, locale: 'CA', logins: 1 }]
  await write({ id: 1, atMs: Date.now(), entries })
  expect(await rollUpByCommitTime(database.sql)).toBe(false)
  expect(await found(Date.now() - 1_000_000, null, bucketMs.hour)).toEqual({ '0 CA': 1 })
})
