import { expect, test } from 'vitest'
import { createCalendar } from '../../domain/time/calendar.ts'
import { DAY_MS } from '../../domain/time/period.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { isOf, NOW_MS, today, usePeople } from '../support/api/people-questions.ts'
import { DAYS, listLogins, makeSpans, rollUpPeople, writeLogins } from '../support/api/people-world.ts'
import { isoOf } from '../support/truth/truth-question.ts'
import { seed } from '../support/seed.ts'

const zone = 'Asia/Kathmandu'
const fields = 'start end users newUsers returningUsers resurrectedUsers'
type Point = { start: string; end: string } & Record<
  'users' | 'newUsers' | 'returningUsers' | 'resurrectedUsers',
  number
>
const world = usePeople(seed, DAYS)

function expected(
  logins: readonly SeenLogin[],
  attempts: keyof typeof isOf,
  { start, end }: Point,
  bucket: 'day' | 'month',
) {
  const counted = logins.filter(isOf[attempts])
  const within = (fromMs: number, toMs: number) =>
    new Set(
      counted
        .filter(({ eventTimeMs }) => eventTimeMs >= fromMs && eventTimeMs < toMs)
        .map(({ userId }) => userId),
    )
  const [fromMs, toMs] = [Date.parse(start), Date.parse(end)]
  const [now, before] = [within(fromMs, toMs), within(-Infinity, fromMs)]
  const then = within(createCalendar(zone).shift(bucket, fromMs, -1), fromMs)
  const users = [...now]
  return {
    users: users.length,
    newUsers: users.filter((user) => !before.has(user)).length,
    returningUsers: users.filter((user) => then.has(user)).length,
    resurrectedUsers: users.filter((user) => before.has(user) && !then.has(user)).length,
  }
}

/** By parts of days, and by days within months. */
async function expectRight(logins: readonly SeenLogin[]): Promise<void> {
  for (const bucket of ['day', 'month'] as const)
    for (const attempts of ['LOGINS', 'FAILURES', 'ALL'] as const) {
      // From a month's first day on.
      const from = isoOf((today - 60) * DAY_MS).slice(0, 'yyyy-mm'.length)
      const question = `measures(from: "${from}-01", to: "${isoOf(NOW_MS)}", timeZone: "${zone}", bucket: ${bucket.toUpperCase()},
        attempts: ${attempts})`
      const { data, errors } = await world.ask(`{ ${question} { points { ${fields} } } }`)
      expect(errors).toBeUndefined()
      const { points } = data?.['measures'] as { points: Point[] }
      expect(points.length).toBeGreaterThan(1)
      for (const point of points.slice(0, -1))
        expect(point, `${attempts}: ${point.start}`).toMatchObject(expected(logins, attempts, point, bucket))
    }
}

test(`users are new where they first were, also while their logins wait to be rolled up and listed (seed ${seed})`, async () => {
  const { sql, logins } = world
  const early = logins.slice(0, 1_000)
  const next = await writeLogins(sql(), 1, early)
  await listLogins(sql())
  // Some have no number yet, others were first on an earlier day than is known, or failed only.
  const late = logins
    .slice(1_000, 1_800)
    .map((login, i) =>
      i % 2 === 0
        ? login
        : { ...login, userId: `late-${i % 30}`, eventTimeMs: (today - 50 + (i % 45)) * DAY_MS + i * 60_000 },
    )
  const after = await writeLogins(sql(), next, late)
  await expectRight([...early, ...late])
  await rollUpPeople(sql())
  await expectRight([...early, ...late])
  await listLogins(sql())
  await makeSpans(sql())
  await expectRight([...early, ...late])
  // All other days are made: on those, somebody is no longer new.
  const firstDay = (today - 58) * DAY_MS
  const first = late
    .filter(({ userId }) => userId.startsWith('late'))
    .map((login, i) => ({ ...login, eventTimeMs: firstDay + i * 60_000 }))
  await writeLogins(sql(), after, first)
  await expectRight([...early, ...late, ...first])
})
