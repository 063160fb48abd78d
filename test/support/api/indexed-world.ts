import { copyLogins, LoginRows } from '../../../db/ingest/copy-logins.ts'
import { rollUpByCommitTime } from '../../../db/rollups/roll-up-by-commit-time.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { anyLogin } from '../../../db/read/counts/count-filter.ts'
import type { SetFilter } from '../../../db/read/counts/set-filter.ts'
import type { SetFacet } from '../../../db/read/engagement/set-facets.ts'
import { readSets } from '../../../db/read/engagement/sets.ts'
import type { ReadSession } from '../../../db/nodes/snapshot.ts'
import { loginColumns } from '../../../domain/columns/columns-fixture.ts'
import { MinuteCounts } from '../../../domain/counts/counts.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import { attemptChoices, type AttemptKind } from '../../../domain/sightings/attempts.ts'
import { SightingCache } from '../../../domain/sightings/sighting-cache.ts'
import type { SightingKind, Sightings } from '../../../domain/sightings/sighting.ts'
import { fraction, type Random32 } from '../../../generator/sfc32.ts'
import type { SeenLogin } from './logins-by-day.ts'
import { insertBatches, insertReject, insertSightings } from './api-rows.ts'

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

/** Offsets of a batch that each of its revisions has. */
const OFFSETS = 1_000

/**
 * Commits what a batch, or a later revision of it, adds: in one transaction, after `beforeCommit`. A revision redrives rejects.
 * @param options.rowsFromMs logins of earlier events (Unix milliseconds) are late
 */
export async function writeBatch(
  sql: Sql,
  id: number,
  revision: number,
  logins: readonly SeenLogin[],
  {
    cache = new SightingCache(new Int32Array(2)),
    beforeCommit = () => Promise.resolve(),
    rowsFromMs = -Infinity,
  } = {},
): Promise<void> {
  const draft = cache.draft()
  const minutes = new MinuteCounts()
  const columns = loginColumns(logins, revision * OFFSETS)
  minutes.add(columns)
  draft.add(columns, minutes.entries)
  const rows = new LoginRows(BigInt(id), 0, { rowsFromMs, listsFromMs: -Infinity })
  rows.add(columns)
  const times = logins.map(({ eventTimeMs }) => eventTimeMs)
  const time = (ms: number) => new Date(ms).toISOString()
  await sql.begin(async (transaction) => {
    const tx = transaction as unknown as Sql
    if (revision === 0)
      await insertBatches(tx, [{ id, from: id, to: id + 1, committedAt: '2026-03-01T12:00:00Z' }])
    else await insertRedrive(tx, id, revision, logins.length)
    await tx`
      update batch set login_rows = login_rows + ${rows.kept.count}, revision = ${revision},
        first_event_at = least(first_event_at, ${time(Math.min(...times))}::text::timestamptz),
        last_event_at = greatest(last_event_at, ${time(Math.max(...times))}::text::timestamptz)
      where id = ${id}`
    await insertMinutes(tx, id, revision, minutes)
    const sightings = draft.sightings()
    const missing = JSON.parse(sightings.json) as Sightings
    if (missing.length > 0) await insertSightings(tx, id, missing)
    await copyLogins(transaction, rows)
    cache.remember(sightings)
    await beforeCommit()
  })
}

async function insertMinutes(
  tx: Sql,
  batchId: number,
  revision: number,
  { columns }: MinuteCounts,
): Promise<void> {
  const buckets = columns.buckets.map((ms) => new Date(ms).toISOString())
  await tx`insert into pending_rollup (batch_id, revision, topic) values (${batchId}, ${revision}, 'user-login')`
  await tx`insert into pending_commit_rollup values (${batchId}, ${revision})`
  await tx`
    insert into login_count_delta (batch_id, revision, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${batchId}, ${revision}, ${buckets}::text[]::timestamptz[], ${columns.deviceTypes}::text[],
            ${columns.appVersions}::text[], ${columns.locales}::text[], ${columns.outcomes}::text[],
            ${columns.logins.map(String)}::bigint[])`
}

async function insertRedrive(tx: Sql, batchId: number, revision: number, logins: number): Promise<void> {
  await tx`insert into batch_revision (batch_id, revision, change_number, kind, command_id, logins, rejects, processed_at, committed_at,
                                       code_version)
           values (${batchId}, ${revision}, ${revision}, 'redrive', '', 0, 0, now(), '2026-03-01T12:00:00Z', 'test')`
  for (let place = 0; place < logins; place++)
    await insertReject(tx, batchId, revision * OFFSETS + place, { redrivenIn: revision })
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
    outcome: pick(['success', 'failure', 'unknown']),
  }
}

export const anyAttempt: SetFilter = { ...anyLogin, attempts: 'all' }

export const randomAttempts = (random: Random32): AttemptKind =>
  attemptChoices[Math.floor(fraction(random) * attemptChoices.length)] ?? 'all'

export function randomFilter(random: Random32): SetFilter {
  const maybe = <T>(values: T[]): T[] | null => (fraction(random) < 0.4 ? values : null)
  return {
    ...anyLogin,
    attempts: randomAttempts(random),
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
  filter: SetFilter,
): number => {
  const allows = (values: readonly string[] | null, value: string) =>
    values === null || values.includes(value)
  const seen = logins.filter(
    ({ eventTimeMs, deviceType, appVersion, locale, outcome }) =>
      ranges.some(({ fromMs, toMs }) => eventTimeMs >= fromMs && eventTimeMs < toMs) &&
      allows(filter.deviceTypes, deviceType) &&
      allows(filter.appVersions, appVersion) &&
      allows(filter.locales, locale) &&
      allows(filter.usRegions, locale === 'GB' ? 'other' : 'a region') &&
      allows(filter.outcomes, outcome) &&
      (filter.attempts === 'all' || (filter.attempts === 'failures') === (outcome === 'failure')),
  )
  return new Set(seen.map((login) => login[idOf[kind]])).size
}

const noLimit = 1e9

/**
 * Counts the different members of a range as `measures` does: by the lists of its hours, and the rows of batches that wait to be
 * listed; by the bitmaps of its whole days where a facet is given.
 */
export async function countListed(
  session: ReadSession,
  kind: SightingKind,
  span: TimeBucket,
  filter: SetFilter,
  facet: SetFacet | null = null,
): Promise<number> {
  const question = { kind, by: [], filter, areNew: false }
  const limits = { areByDays: () => facet !== null, most: noLimit, mostBitmaps: noLimit }
  const counts = await readSets(session, question, facet, [{ kind: 'cells', span, number: 0 }], limits)
  return Array.isArray(counts) ? (counts[0]?.members ?? 0) : NaN
}

/** Everything that `work` reads is of one snapshot. */
export const inOneSnapshot = <T>(sql: Sql, work: (session: ReadSession) => Promise<T>): Promise<T> =>
  sql.begin('isolation level repeatable read read only', (tx) =>
    work({ sql: tx } as unknown as ReadSession),
  ) as Promise<T>
