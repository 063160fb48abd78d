import { expect, test } from 'vitest'
import { keepFrom } from '../../db/login-rows/retention-bound.ts'
import { listDay } from '../../db/rollups/list-days.ts'
import { applyRetention } from '../../db/rollups/retention.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { DAY_MS, dayOf, isoDay } from '../../domain/time/period.ts'
import { fraction, sfc32 } from '../../generator/sfc32.ts'
import { randomLogin, rollAll, writeBatch } from '../support/api/indexed-world.ts'
import type { SeenLogin } from '../support/api/logins-by-day.ts'
import { useIndexedLogins } from '../support/api/use-indexed-logins.ts'

const { sql, indexAll, listDays } = useIndexedLogins()

/** The first day that is not over: a day is over an hour after its midnight. */
const today = dayOf(Date.now() - 3_600_000)
const DAYS = 4

const random = sfc32(22, 0)
const next = (below: number) => Math.floor(fraction(random) * below)
const loginOf = (day: number): SeenLogin => ({
  ...randomLogin(random),
  eventTimeMs: (today - day) * DAY_MS + next(DAY_MS),
})

let batches = 0
async function list(logins: SeenLogin[]): Promise<void> {
  // All rows are late, so that no day needs a table.
  await writeBatch(sql(), ++batches, 0, logins, { rowsFromMs: Infinity })
  while ((await rollUpSightings(sql())) > 0);
  await rollAll(sql())
  await indexAll()
}

const VALUES = 'locale, device_type, app_version, outcome'
/** Logins one by one, in an order of their own. */
const loginsBy = async (hour: string, table: string) =>
  await sql().unsafe<{ day: string; login: string }[]>(`
    select (at at time zone 'UTC')::date::text as day, row(at, minute, ${VALUES}, users, devices, addresses)::text as login
    from (
      select ${hour} as at, get_byte(minutes, place) as minute, ${VALUES},
             ${['users', 'devices', 'addresses'].map((name) => `substring(${name} from 4 * place + 1 for 4) as ${name}`).join(', ')}
      from ${table}, generate_series(0, octet_length(minutes) - 1) as place
    ) as logins
    order by login`)
const byHour = async () => await loginsBy('hour', 'hour_login')
const byDay = async () =>
  await loginsBy(
    `(day::timestamp + make_interval(hours => get_byte(hours, place))) at time zone 'UTC'`,
    'day_login',
  )

const listed = async () => {
  const rows = await sql()<{ day: number; lists: number; late: number }[]>`
    select day - date '1970-01-01' as day, lists, late_lists as late from listed_day order by day`
  return rows.map(({ day, lists, late }) => ({ age: today - day, lists, late }))
}

test('a day that is over is listed with the logins of its hours, those that come later are added, and many of them make it be listed again', async () => {
  expect(await listDay(sql())).toBe(false)
  const some = (day: number, count: number) => Array.from({ length: count }, () => loginOf(day))
  await list([...some(2, 300), ...some(1, 200), ...some(0, 100)])
  await listDays()
  const over = (await byHour()).filter(({ day }) => day !== isoDay(today))
  expect(over).toHaveLength(500)
  expect([...(await byDay())]).toEqual(over)
  const first = await listed()
  expect(first.map(({ age, late }) => [age, late])).toEqual([
    [2, 0],
    [1, 0],
  ])

  await list([...some(1, 3), ...some(3, 5), ...some(0, 2)])
  const [, yesterday] = await listed()
  expect(yesterday?.late).toBeGreaterThan(0)
  expect([...(await byDay())]).toEqual(
    (await byHour()).filter(({ day }) => [1, 2].some((age) => day === isoDay(today - age))),
  )
  await listDays()
  expect((await listed()).map(({ age }) => age)).toEqual([3, 2, 1])

  for (let times = 0; times < DAYS; times++) await list(some(1, 100))
  expect((await listed()).at(-1)?.late).toBeGreaterThan(yesterday?.lists ?? 0)
  await listDays()
  expect((await listed()).at(-1)?.late).toBe(0)
  expect([...(await byDay())]).toEqual((await byHour()).filter(({ day }) => day !== isoDay(today)))

  await keepFrom(sql(), 'hour_login', sql()`${isoDay(today - 1)}::text::timestamptz`)
  await applyRetention(sql(), { loginDays: 3, minuteDays: 90, setDays: 400 })
  expect((await listed()).map(({ age }) => age)).toEqual([1])
  expect(new Set((await byDay()).map(({ day }) => day))).toEqual(new Set([isoDay(today - 1)]))
})
