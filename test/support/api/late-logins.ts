import type { Sql } from '../../../db/connection/connect.ts'
import { rollUpSightings } from '../../../db/rollups/roll-up-sightings.ts'
import { DAY_MS, dayOf } from '../../../domain/time/period.ts'
import { sfc32 } from '../../../generator/sfc32.ts'
import { randomLogin, rollAll } from './indexed-world.ts'
import type { SeenLogin } from './logins-by-day.ts'

const HOUR_MS = 3_600_000
export const retention = { loginDays: 30, setDays: 400, minuteDays: 0 }
export const today = dayOf(Date.now())
/** Older logins have no row. */
export const rowsFromMs = (today - retention.loginDays) * DAY_MS
export const random = sfc32(21, 0)

/** Somebody's login of an hour of that day. */
export const ago = (days: number): SeenLogin => ({
  ...randomLogin(random),
  eventTimeMs: (today - days) * DAY_MS + (days % 24) * HOUR_MS + 12_345,
})
/** The hour of a login. */
export const hourOf = ({ eventTimeMs }: SeenLogin) => {
  const fromMs = Math.floor(eventTimeMs / HOUR_MS) * HOUR_MS
  return { fromMs, toMs: fromMs + HOUR_MS }
}
/** Ranges that need the lists by hour: of an hour, of parts of hours, and of days of another zone. */
export const rangesAround = (login: SeenLogin) => {
  const hour = hourOf(login)
  return [
    hour,
    { fromMs: hour.fromMs - 60_000, toMs: hour.fromMs + 60_000 },
    { fromMs: hour.fromMs - 17 * HOUR_MS, toMs: hour.fromMs + 31 * HOUR_MS },
  ]
}

/** Everybody gets a number, and everything may be listed. */
export async function rollUp(sql: Sql): Promise<void> {
  while ((await rollUpSightings(sql)) > 0);
  await rollAll(sql)
}
