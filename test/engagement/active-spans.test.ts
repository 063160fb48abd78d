import { expect, test } from 'vitest'
import type { Transaction } from '../../db/connection/connect.ts'
import { keepListsFrom } from '../../db/login-rows/kept-lists.ts'
import { makeActiveSpans } from '../../db/rollups/make-active-spans.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { QUARTERS_PER_DAY, spanLengths } from '../../domain/engagement/active-spans.ts'
import { QUARTER_MS } from '../../domain/time/bucket.ts'
import { DAY_MS, dayOf, isoDay } from '../../domain/time/period.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { randomLogin, rollAll, writeBatch } from '../support/api/indexed-world.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { useIndexedLogins } from '../support/api/use-indexed-logins.ts'
import { eventually } from '../support/eventually.ts'

const { sql, indexAll } = useIndexedLogins()

/** The first day that is not over: a day is over an hour after its midnight. */
const today = dayOf(Date.now() - 3_600_000)
const DAYS = 40
const firstDay = today - DAYS
/** All rows are late, so that no day needs a table. */
const late = { rowsFromMs: Infinity }

const random = sfc32(17, 0)
const next = (below: number) => Math.floor(fraction(random) * below)
/** A login of one of the days that are over; some users come late. */
function someLogin(): SeenLogin {
  const login = randomLogin(random)
  const own = Number(login.userId.slice('user-'.length))
  const from = own % 3 === 0 ? 20 : 0
  return { ...login, eventTimeMs: (firstDay + from + next(DAYS - from)) * DAY_MS + next(DAY_MS) }
}

let batches = 0
async function list(logins: SeenLogin[]): Promise<void> {
  await writeBatch(sql(), ++batches, 0, logins, late)
  while ((await rollUpSightings(sql())) > 0);
  await rollAll(sql())
  await indexAll()
}

async function makeAll(loginsAtOnce?: number): Promise<void> {
  // Late logins are left to gather for an hour.
  await sql()`update span_day set changed_at = changed_at - interval '2 hours'`
  while (await makeActiveSpans(sql(), loginsAtOnce));
}

type Span = { days: number; day: number; active: number[]; new_users: number[] | null }
const spansOf = async (facet: string, value: string): Promise<Span[]> =>
  await sql()<Span[]>`
    select days, day - date '1970-01-01' as day, active, new_users from active_span
    where facet = ${facet}::text::engagement_facet and value = ${value} order by days, day`

const quarterOf = ({ eventTimeMs }: SeenLogin) => Math.floor(eventTimeMs / QUARTER_MS)

/** Compares every span with the logins themselves, at some of its quarters. */
async function expectExact(facet: string, value: string, of: readonly SeenLogin[], all = of): Promise<void> {
  const loggedIn = (logins: readonly SeenLogin[]) => logins.filter(({ outcome }) => outcome !== 'failure')
  const firsts = new Map<string, number>()
  for (const login of loggedIn(all))
    firsts.set(login.userId, Math.min(quarterOf(login), firsts.get(login.userId) ?? Infinity))
  const spans = await spansOf(facet, value)
  expect(spans.map(({ days, day }) => [days, day])).toEqual(
    spanLengths.flatMap((days) =>
      Array.from({ length: DAYS - days }, (_, place) => [days, firstDay + place]),
    ),
  )
  for (const { days, day, active, new_users } of spans)
    for (let at = next(9); at < QUARTERS_PER_DAY; at += 9 + next(30)) {
      const start = day * QUARTERS_PER_DAY + at
      const end = start + days * QUARTERS_PER_DAY
      const seen = loggedIn(of).filter((login) => quarterOf(login) >= start && quarterOf(login) < end)
      const users = new Set(seen.map(({ userId }) => userId))
      const isNew = (user: string) => (firsts.get(user) ?? 0) >= start
      expect([active[at], new_users?.[at]], `${days} days from ${isoDay(day)}, quarter ${at}`).toEqual([
        users.size,
        [...users].filter(isNew).length,
      ])
    }
}

const openDays = async () => {
  const rows = await sql()<{ day: number }[]>`
    select day - date '1970-01-01' as day from span_day where made is distinct from changes order by 1`
  return rows.map(({ day }) => day - firstDay)
}

test('before anything is listed there are no days, whether or not it is known from when on lists are kept', async () => {
  expect(await makeActiveSpans(sql())).toBe(false)
  await keepListsFrom(sql(), 400)
  expect(await makeActiveSpans(sql())).toBe(false)
  expect(await sql()`select from span_day`).toHaveLength(0)
})

test('spans of days that are over have the users who logged in, and late logins make theirs again', async () => {
  const logins = Array.from({ length: 5_000 }, someLogin)
  // Each day has some, the first one, too. They are few.
  logins.push(
    ...Array.from({ length: DAYS }, (_, day) => ({
      ...{ ...someLogin(), locale: 'FR' },
      eventTimeMs: (firstDay + day) * DAY_MS,
    })),
  )
  for (let at = 0; at < logins.length; at += 1_000) await list(logins.slice(at, at + 1_000))
  await makeAll()
  expect(await openDays()).toEqual([])
  await expectExact('all', '', logins)
  for (const appVersion of ['1.0', '2.0'])
    await expectExact(
      'app_version',
      appVersion,
      logins.filter((login) => login.appVersion === appVersion),
      logins,
    )
  expect(await spansOf('outcome', 'failure')).toEqual([])
  expect(await spansOf('locale', 'FR')).toEqual([])

  // One who was first seen on day 20 or later was there before, one who is not known only failed.
  const lateOnes: SeenLogin[] = [
    { ...someLogin(), userId: 'user-3', outcome: 'success', eventTimeMs: (firstDay + 6) * DAY_MS + 1 },
    { ...someLogin(), userId: 'new', outcome: 'success', eventTimeMs: (firstDay + 31) * DAY_MS + 1 },
    { ...someLogin(), userId: 'failed', outcome: 'failure', eventTimeMs: (firstDay + 33) * DAY_MS + 1 },
  ]
  const before = Math.min(
    ...logins.filter(({ userId, outcome }) => userId === 'user-3' && outcome !== 'failure').map(quarterOf),
  )
  await list(lateOnes)
  const seenFirst = Math.floor(before / QUARTERS_PER_DAY) - firstDay
  expect(await openDays()).toEqual([...new Set([6, 31, 33, seenFirst])].sort((a, b) => a - b))
  // More come meanwhile.
  expect(await makeActiveSpans(sql())).toBe(false)
  await makeAll()
  expect(await openDays()).toEqual([])
  await expectExact('all', '', [...logins, ...lateOnes])

  const madeAnew = async (loginsAtOnce?: number) => {
    await sql()`truncate active_span`
    await sql()`update span_day set made = null`
    await makeAll(loginsAtOnce)
    return await sql()`select * from active_span order by facet, value, days, day`
  }
  const whole = await madeAnew()
  expect(whole.length).toBeGreaterThan(0)
  expect(await madeAnew(1_500)).toEqual(whole)
})

/** Until whoever makes spans has counted, and waits to write them. */
async function untilCounted(tx: Transaction): Promise<void> {
  await eventually(async () => {
    await tx`select pg_stat_clear_snapshot()`
    const waiting = await tx`
      select from pg_stat_activity where wait_event_type = 'Lock' and query like '/* closeSpanDays%'`
    expect(waiting).toHaveLength(1)
  })
}

test('a login that is listed while spans are made leaves its day to be made again', async () => {
  await list([{ ...someLogin(), eventTimeMs: (today - 3) * DAY_MS }])
  await makeAll()
  await sql()`update span_day set changes = 2, changed_at = clock_timestamp() - interval '2 hours'`
  let making = Promise.resolve(false)
  await sql().begin(async (tx) => {
    await tx`update span_day set changes = 3`
    making = makeActiveSpans(sql())
    await untilCounted(tx)
  })
  expect(await making).toBe(true)
  expect([...(await sql()`select distinct made, changes from span_day`)]).toEqual([{ made: 2, changes: 3 }])
  expect(await openDays()).toHaveLength(3)
})

test('spans that another process has made meanwhile are left as they are', async () => {
  await list([{ ...someLogin(), eventTimeMs: (today - 3) * DAY_MS }])
  await makeAll()
  await sql()`update span_day set changes = 2, changed_at = clock_timestamp() - interval '2 hours'`
  let making = Promise.resolve(false)
  await sql().begin(async (tx) => {
    await tx`update span_day set made = 2`
    await tx`update active_span set active = '{7}'`
    making = makeActiveSpans(sql())
    await untilCounted(tx)
  })
  await making
  expect([...(await sql()`select distinct active from active_span`)]).toEqual([{ active: [7] }])
})

test('who was seen before quarters are known is not new, and of spans from before it nobody says who is', async () => {
  const at = (day: number) => (today - day) * DAY_MS + 1
  await sql()`insert into retention_bound values ('first_seen', ${isoDay(today - 3)}::text::timestamptz)`
  const login = { ...someLogin(), outcome: 'success' } as const
  await list([
    { ...login, userId: 'old', eventTimeMs: at(5) },
    { ...login, userId: 'old', eventTimeMs: at(2) },
    { ...login, userId: 'young', eventTimeMs: at(2) },
    { ...login, userId: 'older than it seems', eventTimeMs: at(2) },
  ])
  await list([{ ...login, userId: 'older than it seems', eventTimeMs: at(4) }])
  await makeAll()
  const days = (await spansOf('all', '')).filter((span) => span.days === 1)
  expect(days.map(({ day, active, new_users }) => [today - day, active[0], new_users?.[0]])).toEqual([
    [5, 1, undefined],
    [4, 1, undefined],
    [3, 0, 0],
    [2, 3, 1],
  ])
})

test('who was first seen before the lists is new in no span, also if that login came late', async () => {
  const login = { ...someLogin(), outcome: 'success' } as const
  const at = (day: number) => (today - day) * DAY_MS + 1
  await sql()`insert into retention_bound values ('hour_login', ${isoDay(today - 4)}::text::timestamptz)`
  await list([
    { ...login, userId: 'old', eventTimeMs: at(6) },
    { ...login, userId: 'old', eventTimeMs: at(2) },
    { ...login, userId: 'young', eventTimeMs: at(2) },
  ])
  const days = async () => {
    await makeAll()
    const spans = (await spansOf('all', '')).filter((span) => span.days === 1)
    return spans.map(({ day, active, new_users }) => [today - day, active[0], new_users?.[0]])
  }
  expect(await days()).toEqual([[2, 2, 1]])
  await list([{ ...login, userId: 'young', eventTimeMs: at(7) }])
  await list([{ ...login, userId: 'young', eventTimeMs: at(3) }])
  expect(await days()).toEqual([
    [3, 1, 0],
    [2, 2, 0],
  ])
})

test('days from before all others have spans, too, once they have logins', async () => {
  await list([2, 1].map((day) => ({ ...someLogin(), eventTimeMs: (today - day) * DAY_MS })))
  await makeAll()
  await list([{ ...someLogin(), outcome: 'success', eventTimeMs: (today - 9) * DAY_MS }])
  await makeAll()
  const weeks = (await spansOf('all', '')).filter((span) => span.days === 7)
  expect(weeks.map(({ day }) => today - day)).toEqual([9, 8])
  expect(weeks[0]?.active[0]).toBe(1)
})

test('spans go with the lists of their days', async () => {
  await list([5, 4, 3].map((day) => ({ ...someLogin(), eventTimeMs: (today - day) * DAY_MS })))
  await makeAll()
  expect((await spansOf('all', '')).map(({ day }) => today - day)).toContain(5)
  await applyRetention(sql(), { loginDays: 1, setDays: dayOf(Date.now()) - today + 4, minuteDays: 0 })
  expect(Math.max(...(await spansOf('all', '')).map(({ day }) => today - day))).toBe(4)
  await keepListsFrom(sql(), 0)
  await applyRetention(sql(), { loginDays: 1, setDays: 0, minuteDays: 0 })
  expect(await spansOf('all', '')).toEqual([])
  expect(await makeActiveSpans(sql())).toBe(false)
})
