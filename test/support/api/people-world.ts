import { rollUpCounts } from '../../../db/rollups/roll-up-counts.ts'
import { indexLogins } from '../../../db/rollups/index-logins.ts'
import { listDay } from '../../../db/rollups/list-days.ts'
import { makeActiveSpans } from '../../../db/rollups/make-active-spans.ts'
import { rollUpSightings } from '../../../db/rollups/roll-up-sightings.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { loginColumns } from '../../../domain/columns/columns-fixture.ts'
import { MinuteCounts } from '../../../domain/counts/counts.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import { fraction, sfc32 } from '../../../generator/sfc32.ts'
import { rollAll, writeBatch } from './indexed-world.ts'
import type { SeenLogin } from './logins-by-day.ts'
import { isoOf } from '../truth/truth-question.ts'

/** What tests of people share: logins of many days, some of which no list by hour has any more. */

/** In this many days clocks change at least once, wherever they do. */
export const DAYS = 225
export const LISTED_DAYS = 160
const LOGINS_PER_BATCH = 800

/** The first day is `firstDay` (since 1970-01-01). Some users come late or seldom; most logins are at a few hours. */
export function somebodysLogins(seed: number, firstDay: number, count: number): SeenLogin[] {
  const random = sfc32(seed, 3)
  const next = (below: number) => Math.floor(fraction(random) * below)
  const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T
  return Array.from({ length: count }, () => {
    const user = Math.floor(fraction(random) ** 2 * 120)
    const from = user % 2 === 0 ? (user * 37) % DAYS : 0
    const minute = next(3) === 0 ? next(1_440) : pick([0, 15, 345, 720, 1_095, 1_380]) + next(30)
    return {
      userId: `user-${user}`,
      deviceId: `device-${user % 70}-${next(2)}`,
      ip: `192.0.2.${user % 100}`,
      eventTimeMs: (firstDay + from + next(DAYS - from)) * DAY_MS + minute * 60_000 + next(60_000),
      deviceType: pick(['iOS', 'android', 'unknown'] as const),
      appVersion: pick(['2.9.0', '2.10.0', 'dev']),
      locale: pick(['CA', 'NY', 'TX', 'GB']),
      outcome: pick(['success', 'unknown', 'unknown', 'failure'] as const),
    }
  })
}

/** Writes batches of logins as ingestion leaves them, with counts; rolls nothing up. All rows are late, so that no day needs a table. */
export async function writeLogins(sql: Sql, firstId: number, logins: readonly SeenLogin[]): Promise<number> {
  let id = firstId
  for (let at = 0; at < logins.length; at += LOGINS_PER_BATCH, id++) {
    const some = logins.slice(at, at + LOGINS_PER_BATCH)
    await writeBatch(sql, id, 0, some, { rowsFromMs: Infinity })
    const counts = new MinuteCounts()
    counts.add(loginColumns(some))
    const { columns } = counts
    await sql`
      update login_count_delta
      set buckets = ${columns.buckets.map(isoOf)}::text[]::timestamptz[], device_types = ${columns.deviceTypes}::text[],
          app_versions = ${columns.appVersions}::text[], locales = ${columns.locales}::text[],
          outcomes = ${columns.outcomes}::text[], logins = ${columns.logins.map(String)}::text[]::bigint[]
      where batch_id = ${id}`
    await sql`insert into pending_rollup (batch_id, topic, revision) values (${id}, 'user-login', 0)`
  }
  return id
}

/** Who was active on which day, for the bitmaps; what is left waits to be listed. */
export async function rollUpPeople(sql: Sql): Promise<void> {
  while ((await rollUpSightings(sql)) > 0);
}

/** All that workers do in the background. */
export async function listLogins(sql: Sql): Promise<void> {
  await rollUpPeople(sql)
  await rollUpCounts(sql, 'user-login')
  await rollAll(sql)
  while (await indexLogins(sql));
}

/** What workers do once days are over, and again an hour after late logins: makes spans, and lists days. */
export async function makeSpans(sql: Sql): Promise<void> {
  // Late logins are left to gather for an hour.
  await sql`update span_day set changed_at = changed_at - interval '2 hours'`
  while (await makeActiveSpans(sql));
  while (await listDay(sql));
}
