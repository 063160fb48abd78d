import type { Sql } from '../../../db/connection/connect.ts'
import { createLoginDays, keepRowsFromMs } from '../../../db/login-rows/login-partitions.ts'
import { loginColumns } from '../../../domain/columns/columns-fixture.ts'
import { MinuteCounts } from '../../../domain/counts/counts.ts'
import type { Login } from '../../../domain/login/login.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import { SightingCache } from '../../../domain/sightings/sighting-cache.ts'
import type { Sightings } from '../../../domain/sightings/sighting.ts'
import { insertSightings } from './api-rows.ts'

export type SeenLogin = Pick<
  Login,
  'userId' | 'deviceId' | 'ip' | 'eventTimeMs' | 'deviceType' | 'appVersion' | 'locale' | 'outcome'
>

type Kept = {
  /** Unix milliseconds that retention ends at. */
  nowMs: number
  retentionDays: number
}

/** Writes logins as insertLoginRows does. Sets by the minute are kept as long as rows. */
export async function insertLogins(sql: Sql, logins: readonly SeenLogin[], kept: Kept): Promise<void> {
  const { nowMs, retentionDays } = kept
  const listsFromMs = retentionDays === 0 ? nowMs + 2 * DAY_MS : keepRowsFromMs(nowMs, retentionDays)
  await sql`insert into retention_bound values ('hour_login', ${new Date(listsFromMs).toISOString()}::text::timestamptz)`
  await insertLoginRows(sql, logins, kept)
}

/**
 * Writes logins as ingestion does, sightings to be rolled up and a row each where `retentionDays` keeps it, all of batch 1, which
 * the ledger may have. Also for the schema of 0.3.1.
 */
export async function insertLoginRows(
  sql: Sql,
  logins: readonly SeenLogin[],
  { nowMs, retentionDays }: Kept,
): Promise<void> {
  await insertSightings(sql, 1, sightingsOf(logins))
  await createLoginDays(sql, nowMs, retentionDays)
  const times = logins.map(({ eventTimeMs }) => eventTimeMs)
  const time = (ms: number) => sql`${new Date(ms).toISOString()}::text::timestamptz`
  await sql`
    update batch set first_event_at = ${time(Math.min(...times))}, last_event_at = ${time(Math.max(...times))},
                     login_rows = ${times.filter((ms) => ms >= keepRowsFromMs(nowMs, retentionDays)).length}
    where id = 1`
  await sql`insert into pending_commit_rollup values (1, 0)`
  for (const [offset, login] of logins.entries()) {
    if (login.eventTimeMs < keepRowsFromMs(nowMs, retentionDays)) continue
    await sql`
      insert into login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                         kafka_partition, kafka_offset, batch_id)
      values (${new Date(login.eventTimeMs).toISOString()}::text::timestamptz, ${login.userId}, ${login.deviceId},
              ${login.ip}::text::inet, 'public', ${login.locale}, 'us_state', ${login.appVersion}, ${login.deviceType},
              ${login.outcome}, 0, ${offset}, 1)`
  }
}

/** The sightings of logins as ingestion writes them, if it knows of none. */
export function sightingsOf(logins: readonly SeenLogin[]): Sightings {
  const draft = new SightingCache(new Int32Array(2)).draft()
  const minutes = new MinuteCounts()
  const columns = loginColumns(logins)
  minutes.add(columns)
  draft.add(columns, minutes.entries)
  return JSON.parse(draft.sightings().json) as Sightings
}
