import { QUARTERS_PER_DAY } from '../../domain/engagement/active-spans.ts'
import { dimensionNames } from '../../domain/counts/dimensions.ts'
import { olderVersion, REPEATED_DAYS } from './history-counts.ts'
import { chance } from './history-logins.ts'
import { dayBeforeEnd } from './history-size.ts'

// Statements that make when users logged in first, and that repeat four weeks of logins by hour for the time before.

/** Draws the quarter of an hour of the first login of each user, on the user's first day. */
export const firstLogins = [
  `update app_user set first_login_at =
     first_login_day::timestamp at time zone 'UTC' + interval '15 minutes' * floor(${chance('number', 11)} * ${QUARTERS_PER_DAY})`,
  `insert into first_seen (quarter, users)
   select first_login_at, string_agg(int4send(number), ''::bytea order by number) from app_user group by first_login_at`,
]

/**
 * Repeats the logins by hour of the last four weeks `times` times four weeks earlier, with older versions, as
 * far as that lies in [from, to).
 */
export const repeatLists = (times: number, from: string, to: string): string[] => [
  repeatHours('hour_login', [...dimensionNames, 'minutes', 'users', 'devices', 'addresses'], {
    times,
    from,
    to,
  }),
  repeatHours('hour_member', ['kind', 'attempts', 'members'], { times, from, to }),
]

function repeatHours(
  table: string,
  columns: readonly string[],
  { times, from, to }: { times: number; from: string; to: string },
): string {
  const repeated = columns.map((name) => (name === 'app_version' ? olderVersion(times) : name))
  return `
    insert into ${table} (hour, ${columns.join(', ')})
    select * from (
      select hour - interval '${times * REPEATED_DAYS} days' as earlier, ${repeated.join(', ')} from ${table}
      where hour >= timestamptz '${dayBeforeEnd(REPEATED_DAYS)}Z'
    ) as repeated
    where earlier >= timestamptz '${from}Z' and earlier < timestamptz '${to}Z'`
}
