import type { Sql } from '../../../db/connection/connect.ts'
import { createLoginDays, keepRowsFromMs } from '../../../db/login-rows/login-partitions.ts'
import { loginColumns } from '../../../domain/columns/columns-fixture.ts'
import { MinuteCounts } from '../../../domain/counts/counts.ts'
import type { Login } from '../../../domain/login/login.ts'
import { SightingCache } from '../../../domain/sightings/sighting-cache.ts'
import type { Sightings } from '../../../domain/sightings/sighting.ts'
import { insertSightings } from './api-rows.ts'

export type SeenLogin = Pick<
  Login,
  'userId' | 'deviceId' | 'ip' | 'eventTimeMs' | 'deviceType' | 'appVersion' | 'locale' | 'outcome'
>

/**
 * Writes logins as ingestion does, sightings to be rolled up and a row each where `retentionDays` keeps it, all of batch 1, which
 * the ledger may have.
 * @param nowMs Unix milliseconds that retention ends at
 */
export async function insertLogins(
  sql: Sql,
  logins: readonly SeenLogin[],
  { nowMs, retentionDays }: { nowMs: number; retentionDays: number },
): Promise<void> {
  const draft = new SightingCache(new Int32Array(2)).draft()
  const minutes = new MinuteCounts()
  const columns = loginColumns(logins)
  minutes.add(columns)
  draft.add(columns, minutes.entries)
  await insertSightings(sql, 1, JSON.parse(draft.sightings().json) as Sightings)
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
