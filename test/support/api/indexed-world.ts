import { rollUpByCommitTime } from '../../../db/rollups/roll-up-by-commit-time.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { anyLogin, type CountFilter } from '../../../db/read/counts/count-filter.ts'
import type { ReadSession } from '../../../db/nodes/snapshot.ts'
import { loginColumns } from '../../../domain/columns/columns-fixture.ts'
import { MinuteCounts } from '../../../domain/counts/counts.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import { SightingCache } from '../../../domain/sightings/sighting-cache.ts'
import type { SightingKind, Sightings } from '../../../domain/sightings/sighting.ts'
import { fraction, type Random32 } from '../../../generator/sfc32.ts'
import type { SeenLogin } from './logins-by-day.ts'
import { insertBatches, insertSightings } from './api-rows.ts'

/** What tests of indexed logins share: batches as ingestion leaves them, and questions with what the logins say to them. */

export const END_MS = Date.parse('2026-03-01T00:00:00Z')
export const DAYS = 3
export const START_MS = END_MS - DAYS * DAY_MS
const MINUTE_MS = 60_000

export const idOf: Record<SightingKind, 'userId' | 'deviceId' | 'ip'> = {
  user: 'userId',
  device: 'deviceId',
  address: 'ip',
}

/** Commits what a batch, or a later revision of it, adds: in one transaction, after `beforeCommit`. */
export async function writeBatch(
  sql: Sql,
  id: number,
  revision: number,
  logins: readonly SeenLogin[],
  { cache = new SightingCache(new Int32Array(2)), beforeCommit = () => Promise.resolve() } = {},
): Promise<void> {
  const draft = cache.draft()
  const minutes = new MinuteCounts()
  const columns = loginColumns(logins)
  minutes.add(columns)
  draft.add(columns, minutes.entries)
  const times = logins.map(({ eventTimeMs }) => eventTimeMs)
  const time = (ms: number) => new Date(ms).toISOString()
  await sql.begin(async (transaction) => {
    const tx = transaction as unknown as Sql
    if (revision === 0)
      await insertBatches(tx, [{ id, from: id, to: id + 1, committedAt: '2026-03-01T12:00:00Z' }])
    else
      await tx`insert into batch_revision (batch_id, revision, kind, command_id, logins, rejects, processed_at, committed_at,
                                           code_version)
               values (${id}, ${revision}, 'redrive', '', 0, 0, now(), '2026-03-01T12:00:00Z', 'test')`
    await tx`
      update batch set login_rows = login_rows + ${logins.length}, revision = ${revision},
        first_event_at = least(first_event_at, ${time(Math.min(...times))}::text::timestamptz),
        last_event_at = greatest(last_event_at, ${time(Math.max(...times))}::text::timestamptz)
      where id = ${id}`
    await tx`insert into pending_commit_rollup values (${id}, ${revision})`
    await tx`
      insert into login_count_delta (batch_id, revision, buckets, device_types, app_versions, locales, outcomes, logins)
      values (${id}, ${revision}, '{}', '{}', '{}', '{}', '{}', '{}')`
    const sightings = draft.sightings()
    const missing = JSON.parse(sightings.json) as Sightings
    if (missing.length > 0) await insertSightings(tx, id, missing)
    for (const login of logins)
      await tx`
        insert into login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                           kafka_partition, kafka_offset, batch_id)
        values (${time(login.eventTimeMs)}::text::timestamptz, ${login.userId}, ${login.deviceId}, ${login.ip}::text::inet,
                'public', ${login.locale}, 'us_state', ${login.appVersion}, ${login.deviceType}, ${login.outcome}, 0, 0, ${id})`
    cache.remember(sightings)
    await beforeCommit()
  })
}

export async function rollAll(sql: Sql): Promise<void> {
  while (await rollUpByCommitTime(sql));
}

/** Most of them in a few hours of each day, so that hours have several of everybody. */
export function randomLogin(random: Random32): SeenLogin {
  const next = (below: number) => Math.floor(fraction(random) * below)
  const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T
  const user = Math.floor(fraction(random) ** 2 * 50)
  const hour = next(4) === 0 ? next(24) : 10 + next(3)
  return {
    userId: `user-${user}`,
    deviceId: `device-${user % 30}`,
    ip: pick([
      `192.0.2.${user}`,
      `2001:db8::${(1 + user).toString(16)}`,
      `::c633:64${(16 + user).toString(16)}`,
    ]),
    eventTimeMs: START_MS + next(DAYS) * DAY_MS + hour * 60 * MINUTE_MS + next(3_600_000),
    deviceType: pick(['iOS', 'android', 'unknown']),
    appVersion: pick(['1.0', '2.0']),
    locale: pick(['CA', 'NY', 'GB']),
    outcome: pick(['success', 'failure']),
  }
}

export function randomFilter(random: Random32): CountFilter {
  const maybe = <T>(values: T[]): T[] | null => (fraction(random) < 0.4 ? values : null)
  return {
    ...anyLogin,
    deviceTypes: maybe(['iOS', 'unknown']),
    appVersions: maybe(['2.0']),
    locales: maybe(['CA', 'GB']),
    usRegions: maybe(['other']),
    outcomes: maybe(['failure']),
  }
}

/** On whole minutes, often on whole hours. */
export function randomRange(random: Random32): TimeBucket {
  const moment = () => {
    const step = fraction(random) < 0.5 ? MINUTE_MS : 60 * MINUTE_MS
    return START_MS + Math.floor((fraction(random) * DAYS * DAY_MS) / step) * step
  }
  const [a, b] = [moment(), moment()]
  return { fromMs: Math.min(a, b), toMs: Math.max(a, b) + MINUTE_MS }
}

/** Counted one by one. */
export const expectedCount = (
  logins: readonly SeenLogin[],
  kind: SightingKind,
  ranges: readonly TimeBucket[],
  filter: CountFilter,
): bigint => {
  const allows = (values: readonly string[] | null, value: string) =>
    values === null || values.includes(value)
  const seen = logins.filter(
    ({ eventTimeMs, deviceType, appVersion, locale, outcome }) =>
      ranges.some(({ fromMs, toMs }) => eventTimeMs >= fromMs && eventTimeMs < toMs) &&
      allows(filter.deviceTypes, deviceType) &&
      allows(filter.appVersions, appVersion) &&
      allows(filter.locales, locale) &&
      allows(filter.usRegions, locale === 'GB' ? 'other' : 'a region') &&
      allows(filter.outcomes, outcome),
  )
  return BigInt(new Set(seen.map((login) => login[idOf[kind]])).size)
}

/** Everything that `work` reads is of one snapshot. */
export const inOneSnapshot = <T>(sql: Sql, work: (session: ReadSession) => Promise<T>): Promise<T> =>
  sql.begin('isolation level repeatable read read only', (tx) =>
    work({ sql: tx } as unknown as ReadSession),
  ) as Promise<T>
