import { copyLogins, LoginRows } from '../../../db/ingest/copy-logins.ts'
import { createLoginDays } from '../../../db/login-rows/login-partitions.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { indexLogins } from '../../../db/rollups/index-logins.ts'
import { makeActiveSpans } from '../../../db/rollups/make-active-spans.ts'
import { rollUpByCommitTime } from '../../../db/rollups/roll-up-by-commit-time.ts'
import { rollUpCounts } from '../../../db/rollups/roll-up-counts.ts'
import { rollUpSightings } from '../../../db/rollups/roll-up-sightings.ts'
import { acceptedColumns } from '../../../domain/columns/columns-fixture.ts'
import { MinuteCounts } from '../../../domain/counts/counts.ts'
import { localeKind } from '../../../domain/fields/locale.ts'
import type { Login } from '../../../domain/login/login.ts'
import { SightingCache } from '../../../domain/sightings/sighting-cache.ts'
import type { Sightings } from '../../../domain/sightings/sighting.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import { fraction, sfc32 } from '../../../generator/sfc32.ts'
import { insertBatches, insertCheckpoint, insertSightings } from './api-rows.ts'
import { insertMinuteCounts } from './counted-logins.ts'

/** The history that docs/analytics.md asks about: three months of a small app, always the same. */

/** When its questions are asked. */
export const ASKED_AT = '2026-12-01T09:30:00Z'
const FIRST_DAY = '2026-09-01T00:00:00Z'
const USERS = 150

const [startMs, endMs] = [Date.parse(FIRST_DAY), Date.parse(ASKED_AT)]
const MINUTE_MS = 60_000
const on = (time: string) => Date.parse(`2026-${time}Z`)

type Person = {
  userId: string
  deviceId: string
  ip: string
  locale: string
  deviceType: Login['deviceType']
  joinsMs: number
  /** Every fifth stays for a few weeks. */
  leavesMs: number
  /** How many days after a release they update; most within a month. */
  updatesAfterMs: number
  /** How probable each of three logins on a working day is. */
  diligence: number
  /** Some stay away for some weeks of autumn. */
  isAwayInAutumn: boolean
}

const random = sfc32(2026, 11)
const below = (count: number) => Math.floor(fraction(random) * count)
const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T

const people = Array.from({ length: USERS }, (_, i): Person => {
  const number = String(i + 1).padStart(3, '0')
  const joinsMs = i < 90 ? startMs - DAY_MS : startMs + Math.floor(((i - 90) * (endMs - startMs)) / 60)
  return {
    userId: `user-${number}`,
    // Every eighth uses the device of the one before.
    deviceId: `device-${i % 8 === 7 ? String(i).padStart(3, '0') : number}`,
    ip: i % 5 === 4 ? `2001:db8::${(i + 1).toString(16)}` : `198.51.100.${i + 1}`,
    locale: pick(['TX', 'TX', 'TX', 'CA', 'CA', 'NY', 'NY', 'FL', 'WA', 'OH', 'en-GB']),
    deviceType: i === 90 ? 'unknown' : pick(['iOS', 'iOS', 'iOS', 'android', 'android']),
    joinsMs,
    leavesMs: i % 5 === 2 ? joinsMs + (5 + below(30)) * DAY_MS : Infinity,
    updatesAfterMs: Math.floor(fraction(random) ** 3 * 90) * DAY_MS,
    diligence: 0.03 + fraction(random) ** 2 * 0.4,
    isAwayInAutumn: i % 12 === 3,
  }
})

const releases: readonly [version: string, ms: number][] = [
  ['2.2.0', 0],
  ['2.3.0', on('09-20T00:00')],
  ['2.10.0', on('11-23T09:00')],
]

const versionOf = ({ updatesAfterMs }: Person, ms: number): string =>
  releases.findLast(([, releasedMs]) => releasedMs === 0 || ms >= releasedMs + updatesAfterMs)?.[0] ?? ''

/** On three days Android could not log in with the new version. */
const isBroken = ({ deviceType }: Person, version: string, ms: number) =>
  version === '2.10.0' && deviceType === 'android' && ms >= on('11-24T00:00') && ms < on('11-27T00:00')

const isAway = ({ isAwayInAutumn, joinsMs, leavesMs }: Person, ms: number) =>
  ms < joinsMs || ms >= leavesMs || (isAwayInAutumn && ms >= on('10-10T00:00') && ms < on('11-16T00:00'))

function attemptOf(person: Person, ms: number): Login {
  const { userId, deviceId, ip, locale, deviceType } = person
  const appVersion = versionOf(person, ms)
  const isFailure = fraction(random) < (isBroken(person, appVersion, ms) ? 0.7 : 0.04)
  return {
    ...{ userId, deviceId, ip, locale, deviceType, appVersion, localeKind: localeKind(locale) },
    eventTimeMs: ms,
    ipScope: 'public',
    ...(isFailure
      ? { outcome: 'failure', failureReason: 'wrong password' }
      : { outcome: 'success', failureReason: null }),
    ...{ eventId: null, sessionId: null, extra: null },
  }
}

/** In order of time, as they came. */
function attemptsOf(dayMs: number): Login[] {
  const isWeekend = [0, 6].includes(new Date(dayMs).getUTCDay())
  const attempts: Login[] = []
  for (const person of people) {
    for (let left = 3; left > 0; left--) {
      // Mostly between 7 and 21 o'clock.
      const ms = dayMs + (7 * 60 + below(14 * 60)) * MINUTE_MS + below(60) * 1_000
      const isThere = fraction(random) < person.diligence * (isWeekend ? 0.4 : 1)
      if (isThere && ms < endMs && !isAway(person, ms)) attempts.push(attemptOf(person, ms))
    }
  }
  if (dayMs === on('11-29T00:00')) attempts.push(...attackOf(dayMs))
  return attempts.sort((a, b) => a.eventTimeMs - b.eventTimeMs)
}

/** In the night to Sunday two addresses try many passwords, also of names that nobody has. */
function attackOf(dayMs: number): Login[] {
  return Array.from({ length: 240 }, (_, i) => {
    const victim = people[below(40)] as Person
    const ms = dayMs + 2 * 60 * MINUTE_MS + i * 15_000
    return {
      ...attemptOf(victim, ms),
      ...{ userId: i % 3 === 0 ? pick(['admin', 'root', 'test']) : victim.userId, deviceId: 'device-script' },
      ...{
        ip: i % 4 === 0 ? '203.0.113.8' : '203.0.113.7',
        outcome: 'failure',
        failureReason: 'wrong password',
      },
    }
  })
}

const days = Array.from({ length: Math.ceil((endMs - startMs) / DAY_MS) }, (_, i) => startMs + i * DAY_MS)
const history = days.map(attemptsOf)

/** How many offsets of partition 0 are read. */
export const offsetsOfHistory = history.reduce((sum, { length }) => sum + length, 0)

/** Writes the history as ingestion and upkeep leave it: a batch a day, written when the day was over. */
export async function insertHistory(sql: Sql): Promise<void> {
  await createLoginDays(sql, endMs, days.length)
  const cache = new SightingCache(new Int32Array(1 << 14))
  let offset = 0
  for (const [i, attempts] of history.entries()) {
    const committedMs = Math.min((days[i] ?? 0) + DAY_MS, endMs)
    await insertDay(sql, { id: i + 1, offset, committedMs }, attempts, cache)
    offset += attempts.length
  }
  const watermark = history.at(-1)?.at(-1)?.eventTimeMs ?? 0
  await insertCheckpoint(sql, 0, offset, new Date(watermark).toISOString())
  await rollUpCounts(sql, 'user-login')
  while ((await rollUpSightings(sql)) > 0);
  while (await rollUpByCommitTime(sql));
  while (await indexLogins(sql));
  while (await makeActiveSpans(sql));
}

type Day = { id: number; offset: number; committedMs: number }

async function insertDay(
  sql: Sql,
  { id, offset, committedMs }: Day,
  attempts: readonly Login[],
  cache: SightingCache,
): Promise<void> {
  const columns = acceptedColumns(
    attempts.map((login, i) => ({ offset: BigInt(offset + i), recordedAt: login.eventTimeMs, login })),
  )
  const [draft, minutes] = [cache.draft(), new MinuteCounts()]
  minutes.add(columns)
  draft.add(columns, minutes.entries)
  const rows = new LoginRows(BigInt(id), 0, { rowsFromMs: -Infinity, listsFromMs: -Infinity })
  rows.add(columns)
  const time = (ms: number | undefined) => new Date(ms ?? 0).toISOString()
  const batch = { id, from: offset, to: offset + attempts.length, loginRows: attempts.length }
  await insertBatches(sql, [{ ...batch, committedAt: time(committedMs) }])
  await sql`
    update batch set first_event_at = ${time(attempts[0]?.eventTimeMs)}::text::timestamptz,
                     last_event_at = ${time(attempts.at(-1)?.eventTimeMs)}::text::timestamptz
    where id = ${id}`
  await insertMinuteCounts(sql, id, minutes)
  const sightings = draft.sightings()
  const missing = JSON.parse(sightings.json) as Sightings
  if (missing.length > 0) await insertSightings(sql, id, missing)
  await sql.begin((tx) => copyLogins(tx, rows))
  cache.remember(sightings)
}
