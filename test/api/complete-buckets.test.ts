import { beforeEach, describe, expect, it } from 'vitest'
import type { KafkaBounds } from '../../api/context/source-types.ts'
import type { Sql } from '../../db/connection/connect.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { logOf } from '../../domain/pipeline/partition-log-fixture.ts'
import { insertLogins } from '../support/api/logins-by-day.ts'
import { logins } from '../support/api/engagement-world.ts'
import { NOW_MS } from '../support/api/api-fixture.ts'
import { insertBatches, insertCheckpoint, insertCounts, insertSightings } from '../support/api/api-rows.ts'
import { useApi } from '../support/api/use-api.ts'

// The clock of the API stands at 2026-03-01T12:00:30Z, a Sunday.
const allRead: KafkaBounds = { ok: true, bounds: [logOf(0, 0, 1_000), logOf(1, 0, 50)] }
/** Partition 1, whose latest login is of 18:00 of the day before, has something unread. */
const unread: KafkaBounds = { ok: true, bounds: [logOf(0, 0, 1_000), logOf(1, 0, 60)] }
let kafka = allRead

const fill = async (sql: Sql) => {
  await insertCheckpoint(sql, 0, 1_000, '2026-03-01T12:00:00Z')
  await insertCheckpoint(sql, 1, 50, '2026-02-28T18:00:00Z')
  await insertBatches(sql, [{ id: 1, from: 0, to: 1_000, committedAt: '2026-03-01T12:00:00Z' }])
  await insertLogins(sql, logins, { nowMs: NOW_MS, retentionDays: 5 })
  await rollUpSightings(sql)
  await insertCounts(sql, [['2026-03-01T10:15:00Z', 'iOS', '2.0', 'NY', 1]])
}
const { sql, field } = useApi(fill, { kafka: () => kafka })

beforeEach(() => {
  kafka = allRead
})

const DAYS = 'from: "2026-02-27T00:00:00Z", to: "2026-03-03T00:00:00Z"'
type Marked = { isComplete: boolean }
const marksIn = (points: Marked[]) => points.map(({ isComplete }) => isComplete)

/** Of the 27th and 28th, today and tomorrow; each question its own way. */
const questions: Record<string, () => Promise<boolean[]>> = {
  'loginCounts by buckets': async () => {
    const { buckets } = await field<{ buckets: Marked[] }>(
      `{ loginCounts(${DAYS}, bucket: DAY) { ... on LoginCounts { buckets { isComplete } } } }`,
    )
    return marksIn(buckets)
  },
  'loginCounts by points': async () => {
    const { series } = await field<{ series: { points: Marked[] }[] }>(
      `{ loginCounts(${DAYS}, bucket: DAY) { ... on LoginCounts { series { points { isComplete } } } } }`,
    )
    return marksIn(series[0]?.points ?? [])
  },
  countChanges: async () => {
    const { buckets } = await field<{ buckets: Marked[] }>(
      `{ countChanges(${DAYS}, bucket: DAY, since: "2026-02-01T00:00:00Z") { ... on LoginCounts { buckets { isComplete } } } }`,
    )
    return marksIn(buckets)
  },
  versionAdoption: async () => {
    const { points } = await field<{ points: Marked[] }>(
      `{ versionAdoption(${DAYS}, bucket: DAY) { ... on VersionAdoption { points { isComplete } } } }`,
    )
    return marksIn(points)
  },
  activeUsers: async () => {
    const { points } = await field<{ points: Marked[] }>(
      `{ activeUsers(${DAYS}, period: DAY) { ... on ActiveUsers { points { isComplete } } } }`,
    )
    return marksIn(points)
  },
  topValues: () =>
    ofDays((day) => `topValues(dimension: LOCALE, ${day}) { ... on TopValues { isComplete } }`),
  uniques: () => ofDays((day) => `uniques(${day}) { ... on Uniques { isComplete } }`),
  loginHeatmap: () => ofDays((day) => `loginHeatmap(${day}) { ... on LoginHeatmap { isComplete } }`),
  lineage: () =>
    ofDays((_, start) => `lineage(bucket: "${start}", size: DAY) { ... on Lineage { isComplete } }`),
}

async function ofDays(question: (range: string, start: string) => string): Promise<boolean[]> {
  const starts = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03'].map(
    (day) => `${day}T00:00:00Z`,
  )
  const marks: boolean[] = []
  for (const [i, start] of starts.slice(0, -1).entries()) {
    const { isComplete } = await field<Marked>(
      `{ ${question(`from: "${start}", to: "${starts[i + 1] ?? ''}"`, start)} }`,
    )
    marks.push(isComplete)
  }
  return marks
}

describe.for(Object.entries(questions))('%s', ([, ask]) => {
  it('marks what is over and counted as complete, and neither what is running nor what is to come', async () => {
    expect(await ask()).toEqual([true, true, false, false])
  })

  it('marks a bucket by what is counted and not by the clock', async () => {
    kafka = unread
    expect(await ask()).toEqual([true, false, false, false])
    kafka = allRead
    expect(await ask()).toEqual([true, true, false, false])
  })

  it('marks nothing that parked logins can be of', async () => {
    await insertBatches(sql(), [
      { id: 2, from: 990, to: 1_000, status: 'parked', committedAt: '2026-02-28T10:00:00Z' },
    ])
    try {
      expect(await ask()).toEqual([false, false, false, false])
    } finally {
      await sql()`delete from batch where id = 2`
    }
  })
})

it('a bucket that begins more than an hour after the parking is complete', async () => {
  await insertBatches(sql(), [
    { id: 2, from: 990, to: 1_000, status: 'parked', committedAt: '2026-02-28T22:59:00Z' },
  ])
  const { buckets } = await field<{ buckets: Marked[] }>(
    `{ loginCounts(from: "2026-02-28T22:00:00Z", to: "2026-03-01T02:00:00Z", bucket: HOUR) {
      ... on LoginCounts { buckets { isComplete } } } }`,
  )
  expect(marksIn(buckets)).toEqual([false, false, true, true])
  await sql()`delete from batch where id = 2`
})

it('counts of a past moment are complete only where a bucket was over by then', async () => {
  const { buckets } = await field<{ buckets: Marked[] }>(
    `{ loginCounts(${DAYS}, bucket: DAY, asOf: "2026-02-28T12:00:00Z") { ... on LoginCounts { buckets { isComplete } } } }`,
  )
  expect(marksIn(buckets)).toEqual([true, false, false, false])
})

it('cohorts, their periods and stickiness are marked, too', async () => {
  const ask = async () => {
    const { cohorts } = await field<{ cohorts: (Marked & { periods: (Marked & { end: string })[] })[] }>(
      `{ cohortRetention(period: MONTH, from: "2025-12-01T00:00:00Z", periods: 4) { ... on CohortRetention {
        cohorts { start isComplete periods { start end isComplete } } } } }`,
    )
    const { isComplete, day } = await field<Marked & { day: string }>(
      `{ stickiness { ... on Stickiness { day isComplete } } }`,
    )
    const [cohort] = cohorts
    return { cohort: cohort?.isComplete, periods: marksIn(cohort?.periods ?? []), yesterday: isComplete, day }
  }
  const day = '2026-02-28T00:00:00.000Z'
  expect(await ask()).toEqual({ cohort: true, periods: [true, true, true, false], yesterday: true, day })
  kafka = unread
  expect(await ask()).toEqual({ cohort: true, periods: [true, true, false, false], yesterday: false, day })
})

it('dormant users of a period that has not begun are not known', async () => {
  const { points } = await field<{ points: { start: string; dormant: number | null }[] }>(
    `{ activeUsers(${DAYS}, period: DAY) { ... on ActiveUsers { points { start end dormant } } } }`,
  )
  expect(points.map(({ dormant }) => dormant === null)).toEqual([false, false, false, true])
})

it('answers about engagement are complete up to what is rolled up', async () => {
  const ask = questions['activeUsers'] ?? expect.fail('no question')
  await insertBatches(sql(), [
    {
      id: 3,
      from: 1_000,
      to: 1_001,
      committedAt: '2026-03-01T12:00:00Z',
      firstEventAt: '2026-02-28T10:00:00Z',
    },
  ])
  await insertSightings(sql(), 3, [])
  expect(await ask()).toEqual([true, false, false, false])
  expect(await (questions['versionAdoption'] ?? expect.fail('no question'))()).toEqual([
    true,
    true,
    false,
    false,
  ])
})

it('an answer says which range it is of, and which buckets that cuts', async () => {
  const range = 'from: "2026-02-27T06:00:00Z", to: "2026-03-01T06:00:00Z"'
  const expected = {
    from: '2026-02-27T06:00:00.000Z',
    to: '2026-03-01T06:00:00.000Z',
    points: [{ isCut: true }, { isCut: false }, { isCut: true }],
  }
  const { series, ...counted } = await field<{ series: { points: object[] }[] }>(
    `{ loginCounts(${range}, bucket: DAY) { ... on LoginCounts { from to series { points { isCut } } } } }`,
  )
  expect({ ...counted, points: series[0]?.points }).toEqual(expected)
  for (const [question, type] of [
    ['versionAdoption', 'VersionAdoption'],
    ['arrivals', 'Arrivals'],
  ])
    expect(
      await field(`{ ${question}(${range}, bucket: DAY) { ... on ${type} { from to points { isCut } } } }`),
    ).toEqual(expected)
})

it('arrivals are complete once their time is over', async () => {
  const { points } = await field<{ points: Marked[] }>(
    '{ arrivals(from: "2026-03-01T11:00:00Z", to: "2026-03-01T14:00:00Z") { ... on Arrivals { points { isComplete } } } }',
  )
  expect(marksIn(points)).toEqual([true, false, false])
})
