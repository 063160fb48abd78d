import { expect, test } from 'vitest'
import { rollUpQuarters } from '../../db/rollups/roll-up-quarters.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { rollUpMonth } from '../../db/rollups/roll-up-months.ts'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { loginColumns } from '../../domain/columns/columns-fixture.ts'
import { MinuteCounts } from '../../domain/counts/counts.ts'
import type { Login } from '../../domain/login/login.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { insertBatches } from '../support/api/api-rows.ts'
import type { Graphql } from '../support/api/graphql-client.ts'
import { ownFolder } from '../support/parts/own-folder.ts'
import { openRawEvents, type RawEvent } from '../support/truth/raw-events.ts'
import { countsBy, heatmap, outdated, topLocales } from '../support/truth/truth-counts.ts'
import {
  answerTo,
  at,
  isoOf,
  line,
  type TruthQuestion,
  wrongAnswers,
} from '../support/truth/truth-question.ts'
import { useApi } from '../support/api/use-api.ts'

const [BATCHES, LOGINS_PER_BATCH] = [10, 300]
const MINUTES_FROM_MS = Date.parse('2026-02-20T00:00:00Z')
const RANGE = { from: '2025-02-05T18:15:00Z', to: '2026-03-01T12:00:00Z' }
/** Clocks that are no whole hours from UTC; those of Adelaide, St. John's and Lord Howe change in the range, the last by half an hour. */
const ZONES = [
  ...['Asia/Kolkata', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Adelaide', 'Asia/Tehran'],
  ...['Australia/Eucla', 'Pacific/Chatham', 'Australia/Lord_Howe'],
]

type Seen = Pick<Login, 'eventTimeMs' | 'deviceType' | 'appVersion' | 'locale' | 'outcome'>

/** Over the range at random, and around the hours at which days of such zones begin. */
function somebodysLogins(): Seen[] {
  const random = sfc32(22, 1)
  const below = (count: number) => Math.floor(fraction(random) * count)
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T
  const fromMs = Date.parse(RANGE.from)
  return Array.from({ length: BATCHES * LOGINS_PER_BATCH }, () => {
    const day = fromMs + below((NOW_MS - fromMs) / DAY_MS) * DAY_MS
    const second = pick([below(86_400), below(2 * 3_600)])
    return {
      eventTimeMs: Math.min(day + second * 1_000, NOW_MS - 60_000),
      deviceType: pick(['iOS', 'android', 'unknown'] as const),
      appVersion: pick(['2.1.0', '2.2.0', '2.3.0']),
      locale: pick(['CA', 'NY', 'TX', 'RI', 'WA', 'ME', 'FL', 'GA', 'OR']),
      outcome: pick(['success', 'failure'] as const),
    }
  })
}

const logins = somebodysLogins()
/** A batch was written an hour after the one before it, the last one just now. */
const writtenAt = (batch: number) => isoOf(NOW_MS - (BATCHES - batch) * 3_600_000)

const { sql: openSql, ask } = useApi(async (sql) => {
  for (let batch = 0; batch < BATCHES; batch++) {
    const counts = new MinuteCounts()
    const some = logins.slice(batch * LOGINS_PER_BATCH, (batch + 1) * LOGINS_PER_BATCH)
    counts.add(loginColumns(some))
    const { columns } = counts
    await insertBatches(sql, [
      {
        id: batch,
        from: batch * LOGINS_PER_BATCH,
        to: (batch + 1) * LOGINS_PER_BATCH,
        committedAt: writtenAt(batch),
      },
    ])
    await sql`
      insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
      values (${batch}, ${columns.buckets.map(isoOf)}::text[]::timestamptz[], ${columns.deviceTypes}::text[],
              ${columns.appVersions}::text[], ${columns.locales}::text[], ${columns.outcomes}::text[],
              ${columns.logins.map(String)}::bigint[])`
    await sql`insert into pending_rollup (batch_id, topic, revision) values (${batch}, 'user-login', 0)`
    await sql`insert into pending_commit_rollup (batch_id, revision) values (${batch}, 0)`
  }
})

/** By the clock of the database, which is another one than the API's. */
const endOldMinutes = () =>
  rollUpQuarters(openSql(), Math.floor(Date.now() / DAY_MS) - Math.floor(MINUTES_FROM_MS / DAY_MS))

/** Rolls up the batches before one, whatever waits behind them. */
async function rollUpBefore(batch: number): Promise<void> {
  const sql = openSql()
  await sql`update pending_rollup set topic = 'later' where batch_id >= ${batch}`
  await rollUpCounts(sql, 'user-login')
  await sql`update pending_rollup set topic = 'user-login'`
}

const graphql: Graphql = async (query) => {
  const { data, errors } = await ask(query)
  expect(errors).toBeUndefined()
  return data ?? {}
}

const rawEvents = logins.map((login, offset): RawEvent => {
  const { deviceType, appVersion, locale, outcome, eventTimeMs } = login
  const values = { device_type: deviceType, app_version: appVersion, locale, outcome }
  return {
    ...{ partition: 0, offset, recordedMs: NOW_MS, reject: null, parked: false },
    early: offset < 5 * LOGINS_PER_BATCH,
    text: JSON.stringify({ ...values, timestamp: Math.floor(eventTimeMs / 1_000) }),
  }
})

/** Days of Kolkata as they stood after five batches, and what was written since. */
function pastOfKolkata(): TruthQuestion[] {
  const question = (name: string, field: string, where: string): TruthQuestion => ({
    name,
    api: async (asked) => {
      const args = `from: "${RANGE.from}", to: "${RANGE.to}", bucket: DAY, timeZone: "Asia/Kolkata", fillGaps: false`
      type Answer = { series: { points: { start: string; logins: number }[] }[] }
      const { series } = await answerTo<Answer>(
        asked,
        `{ ${field.replace('ARGS', args)} { ... on LoginCounts { series { points { start logins } } } ... on Error { message } } }`,
      )
      return (series[0]?.points ?? []).map(({ start, logins: count }) => line(at(start), count))
    },
    raw: `
      select concat_ws(' | ', strftime(greatest(start, timestamptz '${RANGE.from}'), '%Y-%m-%d %H:%M:%S'), logins)
      from (select date_trunc('day', event_at at time zone 'Asia/Kolkata') at time zone 'Asia/Kolkata' as start, count(*) as logins
            from login where ${where} group by 1) as counts`,
  })
  const moment = writtenAt(4)
  return [
    question('loginCounts as of a moment', `loginCounts(ARGS, asOf: "${moment}")`, 'early'),
    question('loginCounts as of a batch', `loginCounts(ARGS, asOfBatch: 4)`, 'early'),
    question('countChanges', `countChanges(ARGS, since: "${moment}")`, 'not early'),
  ]
}

/** Twelve months of the zone, of which nothing is said. */
const defaultMonths = (zone: string): TruthQuestion => ({
  name: `twelve months of ${zone}`,
  api: async (asked) => {
    const { series } = await answerTo<{ series: { points: { start: string; logins: number }[] }[] }>(
      asked,
      `{ loginCounts(bucket: MONTH, timeZone: "${zone}") {
           ... on LoginCounts { series { points { start logins } } } ... on Error { message } } }`,
    )
    return (series[0]?.points ?? []).map(({ start, logins: count }) => line(at(start), count))
  },
  raw: `
    select concat_ws(' | ', strftime(start, '%Y-%m-%d %H:%M:%S'), logins)
    from (select date_trunc('month', event_at at time zone '${zone}') at time zone '${zone}' as start, count(*) as logins
          from login group by 1) as counts
    order by start desc limit 12`,
})

const questions = [
  ...ZONES.map((zone) => countsBy(zone, 'month', 'app_version', RANGE)),
  ...ZONES.map((zone) => countsBy(zone, 'week', 'locale', RANGE)),
  ...ZONES.map((zone) => countsBy(zone, 'day', 'device_type', RANGE)),
  // Where clocks change within an hour, a new one starts in the calendar, and none in the other engine.
  ...ZONES.slice(0, -2).map((zone) => countsBy(zone, 'hour', 'outcome', RANGE)),
  ...ZONES.map(defaultMonths),
  ...ZONES.map((zone) => heatmap(zone, RANGE)),
  ...pastOfKolkata(),
  topLocales({ from: '2025-06-30T18:30:00Z', to: '2025-10-15T12:45:00Z' }, 'DESC'),
  outdated({ from: '2025-06-30T18:30:00Z', to: '2025-10-15T12:45:00Z' }, '2.3.0'),
]

test('zones of quarter hours are answered as the raw events have it, whether minutes are kept or not, rolled up or not', async () => {
  const sql = openSql()
  const raw = await openRawEvents(rawEvents, ownFolder())
  const wrong = () => wrongAnswers(graphql, raw, questions)
  await rollUpBefore(5)
  expect(await wrong()).toEqual([])
  await endOldMinutes()
  const [held] = await sql`
    select (select min(hour) from minute_count) >= ${isoOf(MINUTES_FROM_MS)}::text::timestamptz as minutes,
           (select max(day) from quarter_count) < ${isoOf(MINUTES_FROM_MS)}::text::timestamptz as quarters`
  expect(held).toEqual({ minutes: true, quarters: true })
  expect(await wrong()).toEqual([])
  // Older than the minutes that are kept, most of them.
  await rollUpBefore(8)
  while (await rollUpByCommitTime(sql));
  while (await rollUpMonth(sql));
  expect(await wrong()).toEqual([])

  // That quarters are what is read.
  await sql`update quarter_count set q73 = coalesce(q73, 0) + 1 where day = '2025-07-01Z' and dimension_set in (0, 1)`
  expect(await wrong()).not.toEqual([])
})

test('single minutes are refused where they are not kept, with advice that can be followed', async () => {
  await endOldMinutes()
  const counts = async (args: string) => {
    const { loginCounts } = await graphql(`{ loginCounts(${args}) {
      ... on LoginCounts { series { total } } ... on Error { message } } }`)
    return loginCounts as { message?: string }
  }
  const old = 'from: "2025-07-01T18:10Z", to: "2025-07-01T18:20Z"'
  expect((await counts(`${old}, bucket: MINUTE`)).message).toMatch(
    /kept since 2026-02-20.*:00, :15, :30 or :45 of UTC/,
  )
  expect(
    (await counts(`${old.replace('18:10', '18:00').replace('18:20', '18:30')}, bucket: DAY`)).message,
  ).toBeUndefined()
  const { lineage } = await graphql(`
    {
      lineage(bucket: "2025-07-01T18:10Z", size: MINUTE) {
        ... on Error {
          message
        }
      }
    }
  `)
  expect((lineage as { message?: string }).message).toMatch(/kept since 2026-02-20/)
  // Up to the running minute: only the range before it would begin within a quarter.
  const { topValues } = await graphql(`
    {
      topValues(dimension: LOCALE, from: "2025-07-01T18:15Z") {
        __typename
      }
    }
  `)
  expect(topValues).toEqual({ __typename: 'TopValues' })
  // Deltas have every minute, for ever.
  const { countChanges } = await graphql(
    `{ countChanges(${old}, bucket: MINUTE, since: "2025-01-01T00:00Z") { __typename } }`,
  )
  expect(countChanges).toEqual({ __typename: 'LoginCounts' })
})
