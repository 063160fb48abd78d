import { ActivityByValue, type UserSlice } from '../../domain/engagement/activity-by-value.ts'
import { BEFORE_ALL_QUARTERS } from '../../domain/engagement/active-spans.ts'
import { listedNumbers } from '../../domain/engagement/read-numbers.ts'
import type { DimensionName } from '../../domain/counts/dimensions.ts'
import { QUARTER_MS } from '../../domain/time/bucket.ts'
import { isoDay } from '../../domain/time/period.ts'
import type { Transaction } from '../connection/connect.ts'
import { IS_NO_FAILURE } from './dimension-sets.ts'
import { keptFrom } from '../login-rows/retention-bound.ts'

/** Days [from, to) since 1970-01-01. */
export type Days = { from: number; to: number }

/** Some megabytes an answer: no more days than have so many logins. */
const LOGINS_PER_STATEMENT = 1_000_000
const MOST_DAYS_PER_STATEMENT = 7
const QUARTER_S = QUARTER_MS / 1_000

/** The days that spans may touch (both inclusive), and the first one from which on the quarters of first logins are known. */
export async function readDaysOfSpans(
  tx: Transaction,
): Promise<{ first: number; last: number; newUsersFrom: number }> {
  const [days] = await tx<{ first: number; last: number; newUsersFrom: number }[]>`/* readDaysOfSpans */
    select coalesce(min(day) - date '1970-01-01', 0) as first, coalesce(max(day) - date '1970-01-01', -1) as last,
           coalesce((select kept_from::date - date '1970-01-01' from retention_bound where what = 'first_seen'), 0) as "newUsersFrom"
    from span_day where day >= ${tx.unsafe(keptFrom('hour_login'))}`
  return days ?? { first: 0, last: -1, newUsersFrom: 0 }
}

export async function countLoginsOfDays(tx: Transaction, { from, to }: Days): Promise<number> {
  const [found] = await tx<{ logins: number }[]>`/* countLoginsOfDays */
    select coalesce(sum(octet_length(minutes)), 0)::float8 as logins from hour_login
    where hour >= ${isoDay(from)}::text::timestamptz and hour < ${isoDay(to)}::text::timestamptz`
  return found?.logins ?? 0
}

/** The quarter of the first login by number of a user, where it lies within the days. */
export async function readFirsts(tx: Transaction, { from, to }: Days): Promise<Int32Array> {
  const [size] = await tx<{ members: number }[]>`/* readFirsts: size */
    select members from engagement_kind_size where kind = 'user'`
  const firsts = new Int32Array(size?.members ?? 0).fill(BEFORE_ALL_QUARTERS)
  const rows = await tx<{ quarter: number; users: Buffer }[]>`/* readFirsts */
    select (extract(epoch from quarter) / ${QUARTER_S})::integer as quarter, users from first_seen
    where quarter >= ${isoDay(from)}::text::timestamptz and quarter < ${isoDay(to)}::text::timestamptz`
  for (const { quarter, users } of rows) for (const user of listedNumbers(users)) firsts[user] = quarter
  return firsts
}

/**
 * Reads who logged in when, by the values of a facet.
 * @param logins of the days
 * @param slice the users that are kept
 */
export async function readActivity(
  tx: Transaction,
  facet: 'all' | DimensionName,
  { from, to, logins }: Days & { logins: number },
  slice: UserSlice,
): Promise<ActivityByValue> {
  const activity = new ActivityByValue(slice)
  const value = facet === 'all' ? tx`''::text` : tx`${tx(facet)}`
  const fewEnough = Math.floor((LOGINS_PER_STATEMENT * (to - from)) / logins)
  const daysAtOnce = Math.max(1, Math.min(MOST_DAYS_PER_STATEMENT, fewEnough))
  for (let day = from; day < to; day += daysAtOnce) {
    const hours = await tx<
      { quarter: number; value: string; minutes: string; users: string }[]
    >`/* readActivity */
      select (extract(epoch from hour) / ${QUARTER_S})::integer as quarter, ${value} as value,
             encode(string_agg(minutes, ''::bytea), 'base64') as minutes,
             encode(string_agg(users, ''::bytea), 'base64') as users
      from hour_login
      where hour >= ${isoDay(day)}::text::timestamptz and hour < ${isoDay(Math.min(to, day + daysAtOnce))}::text::timestamptz
        and ${tx.unsafe(IS_NO_FAILURE)}
      group by hour, 2 order by hour`
    for (const { quarter, value, minutes, users } of hours)
      activity.add(quarter, value, Buffer.from(minutes, 'base64'), Buffer.from(users, 'base64'))
  }
  return activity
}
