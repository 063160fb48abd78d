import type { Graphql } from '../api/graphql-client.ts'
import { dimensions } from '../../../domain/counts/dimensions.ts'
import { answerTo, isoOf, line, type Range, type TruthQuestion } from './truth-question.ts'

/** Which logins of the raw messages a value of the argument `attempts` counts, in SQL. */
export const attemptsWhere = {
  LOGINS: `outcome <> 'failure'`,
  FAILURES: `outcome = 'failure'`,
  ALL: 'true',
} as const
export type AttemptsArgument = keyof typeof attemptsWhere

/** How many users, devices and addresses there are. */
export function people(
  name: string,
  { from, to }: Range,
  filter: string,
  where: string,
  attempts: AttemptsArgument,
): TruthQuestion {
  return {
    name: `people ${name}, ${attempts}`,
    api: async (ask) => {
      const { total } = await answerTo<{ total: Record<'users' | 'devices' | 'addresses', number> }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", filter: ${filter}, attempts: ${attempts}) {
            total { users devices addresses } } }`,
      )
      return [line(total.users, total.devices, total.addresses)]
    },
    raw: `
      select concat_ws(' | ', count(distinct user_id), count(distinct device_id), count(distinct ip))
      from login where event_at >= '${from}' and event_at < '${to}' and ${where} and ${attemptsWhere[attempts]}`,
  }
}

const NEW_IN_BUCKET = (bucket: string, attempts: AttemptsArgument) => `
  with counted as (select * from login where ${attemptsWhere[attempts]}), seen as (
    select distinct user_id, date_trunc('${bucket}', event_at at time zone 'UTC')::date as start from counted
  ), span as (
    select user_id, min(start) as first from seen group by user_id
  )`

/** Days, weeks or months from `from`, which begins one, to `to`. Nobody is dormant in a bucket that has not begun. */
export function lifecycles(
  bucket: 'day' | 'week' | 'month',
  { from, to }: Range,
  attempts: AttemptsArgument,
): TruthQuestion {
  return {
    name: `lifecycles by ${bucket}, ${attempts}`,
    api: async (ask) => {
      const { points } = await answerTo<{ points: Record<string, string | number | null>[] }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: ${bucket.toUpperCase()}, attempts: ${attempts}) {
            points { start active: users new: newUsers returning: returningUsers resurrected: resurrectedUsers dormant: dormantUsers } } }`,
      )
      return points.flatMap(({ start, active, new: fresh, returning, resurrected, dormant }) =>
        active === 0 && (dormant ?? 0) === 0
          ? []
          : [line(String(start).slice(0, 10), active, fresh, returning, resurrected, dormant)],
      )
    },
    raw: `${NEW_IN_BUCKET(bucket, attempts)}, place as (
        select user_id, start, first, true as here from seen join span using (user_id)
      ), pair as (
        select coalesce(now.start, (before.start + interval 1 ${bucket})::date) as start,
               now.user_id is not null as here, before.user_id is not null as was, coalesce(now.first = now.start, false) as fresh
        from place now full join place before
          on now.user_id = before.user_id and now.start = (before.start + interval 1 ${bucket})::date
      )
      select concat_ws(' | ', start, count(*) filter (here), count(*) filter (fresh), count(*) filter (here and was),
                       count(*) filter (here and not was and not fresh), count(*) filter (was and not here))
      from pair where start >= '${from}'::date and start < '${to}'::date group by start
      having count(*) filter (here) > 0 or start <= '${isoOf(Date.now()).slice(0, 10)}'::date`,
  }
}

/** Users of a day and of the days that end with it, and how often they come, on the days from `from` to `to`. */
export function stickiness({ from, to }: Range, attempts: AttemptsArgument): TruthQuestion {
  const within = (days: number) =>
    `(select count(distinct user_id) from login where ${attemptsWhere[attempts]} and event_at < day + interval 1 day and event_at >= day - interval ${days - 1} day)`
  return {
    name: `stickiness, ${attempts}`,
    api: async (ask) => {
      const { points } = await answerTo<{
        points: ({ start: string } & Record<'daily' | 'weekly' | 'monthly' | 'stickiness', number>)[]
      }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: DAY, attempts: ${attempts}) {
            points { start daily: users weekly: trailingUsers(days: 7) monthly: trailingUsers stickiness } } }`,
      )
      return points.map(({ start, daily, weekly, monthly, stickiness }) =>
        line(start.slice(0, 10), daily, weekly, monthly, stickiness.toFixed(6)),
      )
    },
    raw: `
      with daily as (
        select date_trunc('day', event_at) as day, count(distinct user_id) as users
        from login where ${attemptsWhere[attempts]} group by 1
      )
      select concat_ws(' | ', strftime(day, '%Y-%m-%d'), ${within(1)}, ${within(7)}, ${within(30)},
                       printf('%.6f', (select sum(users) from daily
                                       where daily.day <= days.day and daily.day > days.day - interval 30 day) / 30 / ${within(30)}))
      from generate_series(timestamptz '${from}', timestamptz '${to}' - interval 1 day, interval 1 day) as days (day)`,
  }
}

/** The dates of a zone on which logins and users are counted. */
const IN_ZONE = (zone: string, attempts: AttemptsArgument) => `
  with counted as (
    select user_id, event_at at time zone '${zone}' as local_at, event_at, device_type from login where ${attemptsWhere[attempts]}
  ), seen as (
    select distinct user_id, date_trunc('week', local_at)::date as start from counted
  ), span as (
    select user_id, min(start) as first from seen group by user_id
  )`

const dateAfter = (date: string, weeks: number) =>
  new Date(Date.parse(date) + weeks * 7 * 86_400_000).toISOString().slice(0, 'yyyy-mm-dd'.length)

/** Users of cohorts of weeks, where there are any: [start, value, weeks since, users]. */
async function cohortUsers(
  ask: Graphql,
  { from, weeks, zone }: CohortWeeks,
  args: string,
): Promise<unknown[][]> {
  type Cohort = { start: string; values: string[]; points: { index: number; users: number }[] }
  const found = await answerTo<{ cohorts: Cohort[] }>(
    ask,
    `{ retention(bucket: WEEK, from: "${from}", to: "${dateAfter(from, weeks)}", timeZone: "${zone}", ${args}) {
        cohorts { start values points { index users } } } }`,
  )
  const dateOf = (moment: string) =>
    new Intl.DateTimeFormat('sv', { timeZone: zone }).format(Date.parse(moment))
  return found.cohorts.flatMap(({ start, values, points }) =>
    points.flatMap(({ index, users }) =>
      users > 0 ? [[dateOf(start), values[0] ?? null, index, users]] : [],
    ),
  )
}

/** Weeks of a zone from a Monday on. */
export type CohortWeeks = { from: string; weeks: number; zone: string }

const WITHIN_WEEKS = ({ from, weeks }: CohortWeeks) =>
  `first >= date '${from}' and start < date '${from}' + ${weeks * 7}`

export function cohorts(asked: CohortWeeks, attempts: AttemptsArgument): TruthQuestion {
  return {
    name: `retention by week of ${asked.zone}, ${attempts}`,
    api: async (ask) => {
      const rows = await cohortUsers(ask, asked, `attempts: ${attempts}`)
      return rows.map(([start, , ...counts]) => line(start, ...counts))
    },
    raw: `${IN_ZONE(asked.zone, attempts)}
      select concat_ws(' | ', first, date_diff('day', first, start) // 7, count(*))
      from seen join span using (user_id) where ${WITHIN_WEEKS(asked)} group by first, start`,
  }
}

/** By device type: users whose first day lies in the week, by the types that they had on that day of UTC. */
export function cohortsByDevice(asked: CohortWeeks, attempts: AttemptsArgument): TruthQuestion {
  return {
    name: `retention by week of ${asked.zone} and device type, ${attempts}`,
    api: async (ask) => {
      const rows = await cohortUsers(ask, asked, `groupBy: [DEVICE_TYPE], attempts: ${attempts}`)
      return rows.map((row) => line(...row))
    },
    raw: `${IN_ZONE(asked.zone, attempts)}, first_day as (
        select user_id, min(event_at::date) as day from counted group by user_id
      ), had as (
        select distinct user_id, upper(device_type) as device_type
        from counted join first_day using (user_id) where event_at::date = day
      )
      select concat_ws(' | ', first, device_type, date_diff('day', first, start) // 7, count(*))
      from seen join span using (user_id) join had using (user_id)
      where ${WITHIN_WEEKS(asked)} group by first, device_type, start`,
  }
}

const columns = { user: 'user_id', device: 'device_id', address: 'ip' } as const

const traits = {
  users: 'user_id',
  devices: 'device_id',
  addresses: 'ip',
  ...Object.fromEntries(
    dimensions
      .filter(({ isTrait }) => isTrait)
      // Values of closed lists are answered in capitals.
      .map(({ list, name, values }) => [list, values === null ? name : `upper(${name})`]),
  ),
}

/** Days and traits of some users, devices or addresses. */
export function profiles(kind: keyof typeof columns, ids: readonly string[]): TruthQuestion {
  const column = columns[kind]
  const theirs = `${column} in (${ids.map((id) => `'${id}'`).join(', ')})`
  return {
    name: `profiles of a ${kind}`,
    api: async (ask) => {
      type Trait = { value: string; attempts: number; firstSeenAt: string; lastSeenAt: string }
      type Profile = {
        firstDay: string
        lastDay: string
        activeDays: number
        traits: Record<string, { edges: { node: Trait }[] }>
      }
      const lists = Object.keys(traits).map(
        (list) => `${list} { edges { node { value attempts firstSeenAt lastSeenAt } } }`,
      )
      const lines: string[] = []
      for (const id of ids) {
        const found = await answerTo<Profile>(
          ask,
          `{ ${kind}(${kind === 'address' ? 'ip' : `${kind}Id`}: "${id}") {
              firstDay(attempts: ALL) lastDay(attempts: ALL) activeDays(attempts: ALL) traits { ${lists.join(' ')} } } }`,
        )
        lines.push(line(id, found.firstDay.slice(0, 10), found.lastDay.slice(0, 10), found.activeDays))
        for (const list of Object.keys(traits))
          for (const { value, attempts, firstSeenAt, lastSeenAt } of (found.traits[list]?.edges ?? []).map(
            ({ node }) => node,
          ))
            lines.push(line(id, list, value, attempts, Date.parse(firstSeenAt), Date.parse(lastSeenAt)))
      }
      return lines
    },
    raw: `
      select concat_ws(' | ', ${column}, min(event_at)::date, max(event_at)::date, count(distinct event_at::date))
      from login where ${theirs} group by ${column}
      ${Object.entries(traits)
        .map(
          ([list, of]) => `
      union all
      select concat_ws(' | ', ${column}, '${list}', ${of}, count(*), min(event_ms), max(event_ms))
      from login where ${theirs} group by ${column}, ${of}`,
        )
        .join('')}`,
  }
}
