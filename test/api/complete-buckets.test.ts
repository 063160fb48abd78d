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
  'buckets of measures': async () => {
    const { buckets } = await field<{ buckets: Marked[] }>(
      `{ measures(${DAYS}, bucket: DAY) { buckets { isComplete } } }`,
    )
    return marksIn(buckets)
  },
  'points of measures': async () => {
    const { points } = await field<{ points: Marked[] }>(
      `{ measures(${DAYS}, bucket: DAY) { points { attempts isComplete } } }`,
    )
    return marksIn(points)
  },
  'changes since a moment': async () => {
    const { buckets } = await field<{ buckets: Marked[] }>(
      `{ measures(${DAYS}, bucket: DAY, since: "2026-02-01T00:00:00Z") { buckets { isComplete } } }`,
    )
    return marksIn(buckets)
  },
  'people by points': async () => {
    const { points } = await field<{ points: Marked[] }>(
      `{ measures(${DAYS}, bucket: DAY) { points { users isComplete } } }`,
    )
    return marksIn(points)
  },
  'people of a range': () => ofDays((day) => `measures(${day}) { total { users isComplete } }`),
  'attempts of a range': () => ofDays((day) => `measures(${day}) { total { attempts isComplete } }`),
  lineage: () => ofDays((day) => `lineage(${day}) { isComplete }`),
}

async function ofDays(question: (range: string, start: string) => string): Promise<boolean[]> {
  const starts = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03'].map(
    (day) => `${day}T00:00:00Z`,
  )
  const marks: boolean[] = []
  for (const [i, start] of starts.slice(0, -1).entries()) {
    const { total, ...range } = await field<Marked & { total?: Marked }>(
      `{ ${question(`from: "${start}", to: "${starts[i + 1] ?? ''}"`, start)} }`,
    )
    marks.push((total ?? range).isComplete)
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
    `{ measures(from: "2026-02-28T22:00:00Z", to: "2026-03-01T02:00:00Z", bucket: HOUR) {
      buckets { isComplete } } }`,
  )
  expect(marksIn(buckets)).toEqual([false, false, true, true])
  await sql()`delete from batch where id = 2`
})

it('counts of a past moment are complete only where a bucket was over by then', async () => {
  const { buckets } = await field<{ buckets: Marked[] }>(
    `{ measures(${DAYS}, bucket: DAY, asOf: "2026-02-28T12:00:00Z") { buckets { isComplete } } }`,
  )
  expect(marksIn(buckets)).toEqual([true, false, false, false])
})

it('cohorts and their points are marked, too', async () => {
  const ask = async () => {
    const { cohorts } = await field<{ cohorts: (Marked & { points: (Marked & { end: string })[] })[] }>(
      `{ retention(bucket: MONTH, from: "2025-12-01", to: "2026-04-01") { cohorts { start isComplete points { start end isComplete } } } }`,
    )
    const [cohort] = cohorts
    return { cohort: cohort?.isComplete, points: marksIn(cohort?.points ?? []) }
  }
  expect(await ask()).toEqual({ cohort: true, points: [true, true, true, false] })
  kafka = unread
  expect(await ask()).toEqual({ cohort: true, points: [true, true, false, false] })
})

it('dormant users of a bucket that has not begun are not known', async () => {
  const { points } = await field<{ points: { dormantUsers: number | null }[] }>(
    `{ measures(${DAYS}, bucket: DAY) { points { dormantUsers } } }`,
  )
  expect(points.map(({ dormantUsers }) => dormantUsers === null)).toEqual([false, false, false, true])
})

it('answers about users are complete up to what is rolled up, and say what they lack', async () => {
  const ask = questions['people by points'] ?? expect.fail('no question')
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
  expect(await (questions['points of measures'] ?? expect.fail('no question'))()).toEqual([
    true,
    true,
    false,
    false,
  ])
  const freshness = 'freshness { lag isComplete incompleteReasons { cause } }'
  expect(await field(`{ measures(${DAYS}) { total { users } ${freshness} } }`)).toMatchObject({
    freshness: { lag: 1, isComplete: false, incompleteReasons: [{ cause: 'PENDING_ROLLUP' }] },
  })
  expect(await field(`{ measures(${DAYS}) { total { logins } ${freshness} } }`)).toMatchObject({
    freshness: { lag: 0, isComplete: true },
  })
  await rollUpSightings(sql())
  expect(await field(`{ measures(${DAYS}) { total { users } ${freshness} } }`)).toMatchObject({
    freshness: { lag: 0, isComplete: true },
  })
  expect(await ask()).toEqual([true, true, false, false])
})

it('an answer says which range it is of, and which buckets that cuts', async () => {
  const range = 'from: "2026-02-27T06:00:00Z", to: "2026-03-01T06:00:00Z"'
  const expected = {
    from: '2026-02-27T06:00:00.000Z',
    to: '2026-03-01T06:00:00.000Z',
    points: [{ isCut: true }, { isCut: false }, { isCut: true }],
  }
  for (const question of ['measures', 'arrivals'])
    expect(await field(`{ ${question}(${range}, bucket: DAY) { from to points { isCut } } }`)).toEqual(
      expected,
    )
})

it('arrivals are complete once their time is over', async () => {
  const { points } = await field<{ points: Marked[] }>(
    '{ arrivals(from: "2026-03-01T11:00:00Z", to: "2026-03-01T14:00:00Z") { points { isComplete } } }',
  )
  expect(marksIn(points)).toEqual([true, false, false])
})
