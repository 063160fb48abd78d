import type { Backlog } from './backlog.ts'
import type { UserDay } from './subject.ts'

/** @throws {Error} a count differs from what was sent */
export function verifyCounts(
  name: string,
  counts: { key: string; logins: number }[],
  { truth }: Backlog,
): void {
  const expected = new Map(
    truth
      .counts()
      .map(({ minute, deviceType, appVersion, locale, logins }) => [
        [minute, deviceType, appVersion, locale].join(' '),
        logins,
      ]),
  )
  const wrong = counts.filter(({ key, logins }) => expected.get(key) !== logins)
  if (wrong.length > 0 || counts.length !== expected.size) {
    throw new Error(
      `${name} counted wrong: ${counts.length} rows of ${expected.size}, such as ${JSON.stringify(wrong[0])}`,
    )
  }
}

/** @throws {Error} the users of a day, or all their logins, differ from what was sent */
export function verifyUserDays(name: string, days: UserDay[], { truth, events }: Backlog): void {
  const expected = JSON.stringify(truth.usersPerDay())
  const found = JSON.stringify(days.map(({ day, users }) => [day, users]))
  const logins = days.reduce((sum, day) => sum + day.logins, 0)
  if (found !== expected || logins !== events)
    throw new Error(
      `${name} has users per day ${found} with ${logins} logins, not ${expected} with ${events}`,
    )
}
