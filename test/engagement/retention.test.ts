import { expect, inject, onTestFinished, test } from 'vitest'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { SightingCache } from '../../domain/sightings/sighting-cache.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { type Ask, createApi, createDatabase } from '../support/api/api-fixture.ts'
import { ofAttempts } from '../support/api/engagement-world.ts'
import { rollAll, writeBatch } from '../support/api/indexed-world.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import {
  expectedCohorts,
  hasUtcDays,
  type RetentionQuestion,
  type RetentionWorld,
} from '../support/truth/expected-retention.ts'
import { seed } from '../support/seed.ts'

const DAY_MS = 86_400_000
/** Clocks changed on 8 March in New York and on 29 March in Berlin. */
const NOW_MS = Date.parse('2026-04-10T12:00:00Z')
const TODAY_MS = Math.floor(NOW_MS / DAY_MS) * DAY_MS
const DAYS = 120
/** Days of which there are lists by hour, and those of which there are rows. */
const LISTED_DAYS = 80
const ROW_DAYS = 30
const listsFromMs = TODAY_MS - LISTED_DAYS * DAY_MS

/** Users who come for a while, most of them at some hours of the day. */
function someLogins(seed: number): SeenLogin[] {
  const random = sfc32(seed, 4)
  const next = (below: number) => Math.floor(fraction(random) * below)
  const pick = <T>(values: readonly T[]): T => values[next(values.length)] as T
  return Array.from({ length: 1_500 }, () => {
    const user = next(150)
    const day = Math.min(DAYS - 1, ((user * 7) % DAYS) + next(1 + ((user * 13) % 60)))
    const hour = next(2) === 0 ? next(24) : 16 + next(4)
    return {
      userId: `user-${user}`,
      deviceId: `device-${next(90)}`,
      ip: `192.0.2.${next(250)}`,
      eventTimeMs: Math.min(
        NOW_MS - 60_000,
        TODAY_MS - (DAYS - 1 - day) * DAY_MS + hour * 3_600_000 + next(3_600_000),
      ),
      deviceType: pick(['iOS', 'android', 'unknown'] as const),
      appVersion: pick(['1.9', '1.10', '2.0']),
      locale: pick(['CA', 'NY', 'GB']),
      outcome: pick(['success', 'unknown', 'failure'] as const),
    }
  })
}

const divisions = {
  '': { valueOf: null, values: [] },
  ', groupBy: [APP_VERSION]': { valueOf: ({ appVersion }) => appVersion, values: ['1.9', '1.10', '2.0'] },
  ', groupBy: [DEVICE_TYPE]': {
    valueOf: ({ deviceType }) => deviceType.toUpperCase(),
    values: ['ANDROID', 'IOS', 'UNKNOWN'],
  },
  ', groupBy: [LOCALE]': { valueOf: ({ locale }) => locale, values: ['CA', 'GB', 'NY'] },
  ', groupBy: [OUTCOME]': {
    valueOf: ({ outcome }) => outcome.toUpperCase(),
    values: ['FAILURE', 'SUCCESS', 'UNKNOWN'],
  },
} as const satisfies Record<string, Pick<RetentionWorld, 'valueOf' | 'values'>>

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']

/** All spans that are listed, all that are not, and some of both. */
const questions: RetentionQuestion[] = ['UTC', 'Asia/Kathmandu', 'America/New_York', 'Europe/Berlin'].flatMap(
  (timeZone) => [
    { timeZone, bucket: 'DAY', weekStart: 1, from: '2026-03-06', to: '2026-04-10' },
    { timeZone, bucket: 'DAY', weekStart: 1, from: '2026-01-15', to: '2026-01-27' },
    { timeZone, bucket: 'WEEK', weekStart: 7, from: '2026-02-01', to: '2026-08-30' },
    { timeZone, bucket: 'WEEK', weekStart: 3, from: '2025-12-10', to: '2026-04-15' },
    { timeZone, bucket: 'MONTH', weekStart: 1, from: '2025-12-01', to: '2026-06-01' },
    { timeZone, bucket: 'QUARTER', weekStart: 1, from: '2025-10-01', to: '2026-07-01' },
  ],
)

const cohortFields = `cohorts { start end values users setBasis points { index start end users share setBasis } }`

type Asked = RetentionQuestion & {
  attempts: keyof typeof ofAttempts
  groupBy: keyof typeof divisions
}

/**
 * Of every question with every kind of attempts, divided in every way, each fourth. As 4 shares no divisor with the numbers of kinds
 * and of divisions, each kind and each division comes with every span.
 */
const asked: Asked[] = questions
  .flatMap((question) =>
    (Object.keys(ofAttempts) as (keyof typeof ofAttempts)[]).flatMap((attempts) =>
      (Object.keys(divisions) as (keyof typeof divisions)[]).map((groupBy) => ({
        ...question,
        attempts,
        groupBy,
      })),
    ),
  )
  .filter((_, place) => place % 4 === seed % 4)

async function expectExact(ask: Ask, logins: readonly SeenLogin[], some: readonly Asked[]): Promise<void> {
  for (const { attempts, groupBy, ...question } of some) {
    const { timeZone, bucket, weekStart, from, to } = question
    const args =
      `timeZone: "${timeZone}", bucket: ${bucket}, weekStart: ${weekdays[weekStart - 1] ?? ''}, from: "${from}", ` +
      `to: "${to}", attempts: ${attempts}${groupBy}`
    const { data, errors, extensions = {} } = await ask(`{ retention(${args}) { ${cohortFields} } }`)
    expect(errors).toBeUndefined()
    const world = { ...divisions[groupBy], logins, counts: ofAttempts[attempts], listsFromMs, nowMs: NOW_MS }
    expect(data, args).toEqual({ retention: { cohorts: expectedCohorts(question, world) } })
    const { warnings = [] } = extensions as { warnings?: { code: string }[] }
    const ofSets = warnings.filter(({ code }) => code !== 'BEFORE_FIRST_ATTEMPT')
    expect(
      ofSets.map(({ code }) => code),
      args,
    ).toEqual(hasUtcDays(question, world) ? ['UTC_DAYS'] : [])
  }
}

async function createWorld() {
  const url = inject('databaseUrl')
  const database = await createDatabase(url)
  const { sql } = database
  await createLoginDays(sql, NOW_MS, ROW_DAYS)
  await sql`insert into retention_bound values ('hour_login', ${new Date(listsFromMs).toISOString()}::text::timestamptz)`
  const api = createApi({ url: database.urlOn(url), replicaUrls: [] }, { clock: () => NOW_MS })
  onTestFinished(async () => {
    await api.router.close()
    await database.drop()
  })
  const cache = new SightingCache(new Int32Array(4))
  return {
    ask: api.ask,
    write: async (batch: number, revision: number, logins: readonly SeenLogin[]) => {
      // So that numbers lie in several chunks of the bitmaps.
      await sql`update engagement_kind_size set members = members + 20000`
      await writeBatch(sql, batch, revision, logins, { cache, rowsFromMs: TODAY_MS - ROW_DAYS * DAY_MS })
      while ((await rollUpSightings(sql)) > 0);
      await rollAll(sql)
    },
    index: async () => {
      while (await indexLogins(sql));
    },
  }
}

test(
  `cohorts of any zone are what the logins say, late ones, failures and revisions included, before they are listed and after (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    const { ask, write, index } = await createWorld()
    const logins = someLogins(seed)
    const [early, late, added] = [logins.slice(0, 1_100), logins.slice(1_100, 1_300), logins.slice(1_300)]
    for (let at = 0; at < early.length; at += 100) await write(100 + at, 0, early.slice(at, at + 100))
    await index()
    await write(1_200, 0, late)
    const few = asked.filter((_, place) => place % 8 === 0)
    await expectExact(ask, [...early, ...late], few)
    await write(100, 1, added)
    await expectExact(ask, logins, few)
    await index()
    await expectExact(ask, logins, asked)
  },
)
