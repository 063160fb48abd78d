import { expect, test } from 'vitest'
import { migrate } from '../../db/schema/migrate.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { logins, ofAttempts } from '../support/api/engagement-world.ts'
import { createOldDatabase, indexAll, rollUpAll } from '../support/api/old-database.ts'
import { expectedCohorts, type RetentionQuestion } from '../support/truth/expected-retention.ts'

const questions: RetentionQuestion[] = [
  { timeZone: 'Asia/Kathmandu', bucket: 'DAY', weekStart: 1, from: '2026-02-15', to: '2026-03-02' },
  { timeZone: 'America/New_York', bucket: 'WEEK', weekStart: 7, from: '2025-11-30', to: '2026-03-08' },
  { timeZone: 'UTC', bucket: 'WEEK', weekStart: 7, from: '2025-11-30', to: '2026-03-08' },
]

test('cohorts of a migrated database are of a time zone as far back as rows were kept, and of days of UTC before that', async () => {
  const { sql, ask } = await createOldDatabase(logins)
  await migrate(sql)
  await rollUpAll(sql)
  const [bound] = await sql<{ ms: number }[]>`
    select (extract(epoch from kept_from) * 1000)::float8 as ms from retention_bound where what = 'hour_login'`
  const expectExact = async () => {
    const bases = new Set<string>()
    for (const question of questions)
      for (const [attempts, counts] of Object.entries(ofAttempts)) {
        const { timeZone, bucket, weekStart, from, to } = question
        const { data } = await ask(`{
          retention(timeZone: "${timeZone}", bucket: ${bucket}, weekStart: ${weekStart === 7 ? 'SUNDAY' : 'MONDAY'}
                    from: "${from}", to: "${to}", attempts: ${attempts}) {
            cohorts { start end values users setBasis points { index start end users share setBasis } } } }`)
        const world = {
          logins,
          counts,
          valueOf: null,
          values: [],
          listsFromMs: bound?.ms ?? 0,
          nowMs: NOW_MS,
        }
        const cohorts = expectedCohorts(question, world)
        expect(data).toEqual({ retention: { cohorts } })
        for (const { points } of cohorts)
          for (const { setBasis } of points) bases.add(`${timeZone} ${setBasis}`)
      }
    expect([...bases].sort()).toEqual([
      ...['America/New_York TIME_ZONE', 'America/New_York UTC_DAYS'],
      ...['Asia/Kathmandu TIME_ZONE', 'Asia/Kathmandu UTC_DAYS', 'UTC TIME_ZONE'],
    ])
  }
  await expectExact()
  await indexAll(sql)
  await expectExact()
})
