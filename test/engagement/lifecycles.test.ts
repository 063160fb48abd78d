import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../domain/time/period.ts'
import { createCalendar } from '../../domain/time/calendar.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { dateIn, groupOf, isOf, NOW_MS, today, usePeople, within } from '../support/api/people-questions.ts'
import {
  DAYS,
  LISTED_DAYS,
  listLogins,
  makeSpans,
  rollUpPeople,
  writeLogins,
} from '../support/api/people-world.ts'
import { isoOf } from '../support/truth/truth-question.ts'
import { isThorough, seed } from '../support/seed.ts'

const [QUESTIONS, LEAST_COMPARED] = isThorough ? [8, 10] : [3, 1]

const LIFECYCLE = `start end isCut users newUsers returningUsers resurrectedUsers dormantUsers comebackUsers(afterDays: 9)
  trailingUsers(days: 7) stickiness(days: 5) setBasis`
type Lifecycle = { start: string; end: string; setBasis: string } & Record<
  | 'users'
  | 'newUsers'
  | 'returningUsers'
  | 'resurrectedUsers'
  | 'dormantUsers'
  | 'comebackUsers'
  | 'trailingUsers',
  number
> & {
    isCut: boolean
    stickiness: number | null
  }

/** When each user first logged in, by the logins themselves. */
function firstTimes(logins: readonly SeenLogin[]): Map<string, number> {
  const first = new Map<string, number>()
  for (const { userId, eventTimeMs } of logins)
    first.set(userId, Math.min(eventTimeMs, first.get(userId) ?? Infinity))
  return first
}

/**
 * Who is new, came back or stayed, by the logins themselves, of a bucket and the one before it.
 * @param first when each user first logged in
 * @param ofGroup the logins of the group, in the order of their time
 */
function expectedLifecycle(
  zone: string,
  before: Lifecycle,
  own: Lifecycle,
  first: ReadonlyMap<string, number>,
  ofGroup: readonly SeenLogin[],
) {
  const calendar = createCalendar(own.setBasis === 'UTC_DAYS' ? 'UTC' : zone)
  const at = (iso: string) => (own.setBasis === 'UTC_DAYS' ? dateIn(zone, iso) : Date.parse(iso))
  const [fromMs, toMs] = [at(own.start), at(own.end)]
  const active = (from: number, to: number) => new Set(within(ofGroup, from, to).map(({ userId }) => userId))
  const [then, now] = [active(at(before.start), fromMs), active(fromMs, toMs)]
  const daysBefore = (ms: number, days: number) => calendar.shift('day', ms, -days)
  const away = active(daysBefore(fromMs, 9), fromMs)
  const isNew = (user: string) => (first.get(user) ?? 0) >= fromMs
  const count = (holds: (user: string) => boolean) => [...now].filter(holds).length
  const trailing = (days: number) => active(daysBefore(toMs, days), toMs).size
  const hasBegun = Date.parse(own.start) <= NOW_MS
  const daily = [0, 1, 2, 3, 4].map((day) => active(daysBefore(toMs, day + 1), daysBefore(toMs, day)).size)
  return {
    users: now.size,
    newUsers: count(isNew),
    returningUsers: count((user) => then.has(user)),
    resurrectedUsers: count((user) => !then.has(user) && !isNew(user)),
    dormantUsers: hasBegun ? [...then].filter((user) => !now.has(user)).length : null,
    comebackUsers: count((user) => !away.has(user) && !isNew(user)),
    trailingUsers: trailing(7),
    stickiness:
      trailing(5) === 0 || !hasBegun ? null : daily.reduce((sum, users) => sum + users) / 5 / trailing(5),
  }
}

type World = ReturnType<typeof usePeople>

/** @returns how many buckets were compared */
async function askLifecycle({ ask, logins, randomQuestion }: World): Promise<number> {
  const question = randomQuestion()
  const of = `measures(${question.args})`
  const { data, errors } = await ask(`{ ${of} { points { ${LIFECYCLE} } } }`)
  const each = await ask(`{ ${of} { groups { values points { ${LIFECYCLE} } } } }`)
  const refusals = [...(errors ?? []), ...(each.errors ?? [])]
  for (const { message, extensions } of refusals)
    expect(['DATA_GONE', 'ANSWER_TOO_LARGE'], `${question.args}: ${message}`).toContain(
      (extensions as { code: string }).code,
    )
  if (refusals.length > 0) return 0
  const { points } = data?.['measures'] as { points: Lifecycle[] }
  const { groups } = each.data?.['measures'] as { groups: { values: string[]; points: Lifecycle[] }[] }
  const { zone, counted, groupBy, attempts } = question
  const first = firstTimes(logins.filter(isOf[attempts]))
  const ofGroups = Map.groupBy(counted, (login) => groupOf(groupBy, login))
  const charts = [
    { points, ofGroup: counted },
    ...groups.map(({ values, points }) => ({ points, ofGroup: ofGroups.get(values.join()) ?? [] })),
  ]
  let compared = 0
  for (const { points, ofGroup } of charts)
    points.forEach((own, i) => {
      const before = points[i - 1]
      // A bucket that is cut has another one before it.
      if (before === undefined || before.isCut || own.isCut) return
      const { start, end, setBasis, stickiness } = own
      const { stickiness: exact, ...expected } = expectedLifecycle(zone, before, own, first, ofGroup)
      expect(own, `${question.args}: ${start} to ${end} by ${setBasis}`).toMatchObject(expected)
      if (exact === null) expect(stickiness).toBe(null)
      else expect(stickiness).toBeCloseTo(exact, 9)
      compared++
    })
  return compared
}

async function askMany(world: World): Promise<void> {
  let compared = 0
  for (let i = 0; i < QUESTIONS; i++) compared += await askLifecycle(world)
  expect(compared).toBeGreaterThan(LEAST_COMPARED)
}

describe.each([
  ['some of which are older than lists by hour', LISTED_DAYS],
  ['all of which are listed', DAYS],
])('of logins %s', (_, listedDays) => {
  const world = usePeople(seed, listedDays)

  test(
    `who is new, stays, leaves and comes back is what they say, in any zone, listed or not, made or not (seed ${seed})`,
    { timeout: 600_000 },
    async () => {
      const { sql, logins } = world
      const half = logins.length / 2
      const next = await writeLogins(sql(), 1, logins.slice(0, half))
      await listLogins(sql())
      await makeSpans(sql())
      await writeLogins(sql(), next, logins.slice(half))
      await rollUpPeople(sql())
      await askMany(world)
      await listLogins(sql())
      await askMany(world)
      await makeSpans(sql())
      await askMany(world)
    },
  )

  test('made spans say who is new only where every login is listed', async () => {
    const { sql, ask } = world
    await sql()`update active_span set new_users = array_fill(1000000, array[96])`
    const from = isoOf((today - 12) * DAY_MS).slice(0, 10)
    const to = isoOf((today - 11) * DAY_MS).slice(0, 10)
    const { data } = await ask(
      `{ measures(from: "${from}", to: "${to}", timeZone: "Asia/Kathmandu") { total { newUsers } } }`,
    )
    const { total } = data?.['measures'] as { total: { newUsers: number } }
    expect(total.newUsers === 1_000_000).toBe(listedDays === DAYS)
  })
})
