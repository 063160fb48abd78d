import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import { indexLogins } from '../../../db/rollups/index-logins.ts'
import { listDay } from '../../../db/rollups/list-days.ts'
import { makeActiveSpans } from '../../../db/rollups/make-active-spans.ts'
import { createLoginDays } from '../../../db/login-rows/login-partitions.ts'
import { sightingKinds } from '../../../domain/sightings/sighting.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { createDatabase, type TestDatabase } from './api-fixture.ts'
import {
  anyAttempt,
  countListed,
  DAYS,
  END_MS,
  expectedCount,
  inOneSnapshot,
  START_MS,
} from './indexed-world.ts'
import type { SeenLogin } from './logins-by-day.ts'

/** All days of the world. */
export const whole: TimeBucket = { fromMs: START_MS, toMs: END_MS }

/** Members of each kind in a range, by the logins themselves. */
export const expected = (logins: readonly SeenLogin[], range: TimeBucket, filter = anyAttempt) =>
  sightingKinds.map((kind) => expectedCount(logins, kind, [range], filter))

/** For the tests of a file: a database that each finds empty, and what they ask it. */
export function useIndexedLogins() {
  let database: TestDatabase
  const sql = () => database.sql

  beforeAll(async () => {
    database = await createDatabase(inject('databaseUrl'))
  })
  beforeEach(async () => {
    await createLoginDays(sql(), END_MS, DAYS)
    await sql()`truncate batch, login, late_login, retention_bound, first_seen, span_day, active_span, pending_rollup, pending_commit_rollup, unindexed_batch, written_count, hour_login, hour_member, day_login, listed_day,
                         login_count_delta, sighting_delta, engagement_chunk, app_user, device, address cascade`
    await sql()`update engagement_kind_size set members = 0`
  })
  afterAll(() => database.drop())

  return {
    sql,
    url: () => database.urlOn(inject('databaseUrl')),
    indexAll: async () => {
      while (await indexLogins(sql()));
    },
    /** Lists days that are over, as workers do some time after their logins were listed by hour. */
    listDays: async () => {
      // Late logins are left to gather for an hour.
      await sql()`update span_day set changed_at = changed_at - interval '2 hours'`
      while (await makeActiveSpans(sql()));
      while (await listDay(sql()));
    },
    inLists: (range: TimeBucket, filter = anyAttempt) =>
      inOneSnapshot(sql(), (session) =>
        Promise.all(sightingKinds.map((kind) => countListed(session, kind, range, filter))),
      ),
    late: async () => (await sql()`select from late_login`).length,
    unindexed: async () => (await sql()`select from unindexed_batch`).length,
  }
}
