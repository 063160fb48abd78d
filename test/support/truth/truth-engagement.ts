import type { Graphql } from '../api/graphql-client.ts'
import { dimensions } from '../../../domain/counts/dimensions.ts'
import { answerTo, isoOf, line, type Range, type TruthQuestion } from './truth-question.ts'

export function uniques(name: string, { from, to }: Range, filter: string, where: string): TruthQuestion {
  return {
    name: `uniques ${name}`,
    api: async (ask) => {
      const found = await answerTo<Record<'users' | 'devices' | 'addresses', { count: number }>>(
        ask,
        `{ uniques(from: "${from}", to: "${to}", filter: ${filter}) {
            ... on Uniques { users { count } devices { count } addresses { count } } ... on Error { message } } }`,
      )
      return [line(found.users.count, found.devices.count, found.addresses.count)]
    },
    raw: `
      select concat_ws(' | ', count(distinct user_id), count(distinct device_id), count(distinct ip))
      from login where event_at >= '${from}' and event_at < '${to}' and ${where}`,
  }
}

const NEW_IN_PERIOD = (period: string) => `
  with seen as (
    select distinct user_id, date_trunc('${period}', event_at at time zone 'UTC')::date as start from login
  ), span as (
    select user_id, min(start) as first from seen group by user_id
  )`

/** Weeks or months from `from`, which begins one, to `to`. Nobody is dormant in a period that has not begun. */
export function activeUsers(period: 'day' | 'week' | 'month', { from, to }: Range): TruthQuestion {
  return {
    name: `activeUsers by ${period}`,
    api: async (ask) => {
      const { points } = await answerTo<{ points: Record<string, string | number | null>[] }>(
        ask,
        `{ activeUsers(from: "${from}", to: "${to}", period: ${period.toUpperCase()}) {
            ... on ActiveUsers { points { start active new returning resurrected dormant } } ... on Error { message } } }`,
      )
      return points.flatMap(({ start, active, new: fresh, returning, resurrected, dormant }) =>
        active === 0 && (dormant ?? 0) === 0
          ? []
          : [line(String(start).slice(0, 10), active, fresh, returning, resurrected, dormant)],
      )
    },
    raw: `${NEW_IN_PERIOD(period)}, place as (
        select user_id, start, first, true as here from seen join span using (user_id)
      ), pair as (
        select coalesce(now.start, (before.start + interval 1 ${period})::date) as start,
               now.user_id is not null as here, before.user_id is not null as was, coalesce(now.first = now.start, false) as fresh
        from place now full join place before
          on now.user_id = before.user_id and now.start = (before.start + interval 1 ${period})::date
      )
      select concat_ws(' | ', start, count(*) filter (here), count(*) filter (fresh), count(*) filter (here and was),
                       count(*) filter (here and not was and not fresh), count(*) filter (was and not here))
      from pair where start >= '${from}'::date and start < '${to}'::date group by start
      having count(*) filter (here) > 0 or start <= '${isoOf(Date.now()).slice(0, 10)}'::date`,
  }
}

/** On the days from `from` to `to`. */
export function stickiness({ from, to }: Range): TruthQuestion {
  const within = (days: number) =>
    `(select count(distinct user_id) from login where event_at < day + interval 1 day and event_at >= day - interval ${days - 1} day)`
  return {
    name: 'stickiness',
    api: async (ask) => {
      const lines: string[] = []
      for (let ms = Date.parse(from); ms < Date.parse(to); ms += 86_400_000) {
        const day = new Date(ms).toISOString()
        const found = await answerTo<
          Record<'dailyActive' | 'weeklyActive' | 'monthlyActive', number> & { stickiness: number }
        >(
          ask,
          `{ stickiness(day: "${day}") {
              ... on Stickiness { dailyActive weeklyActive monthlyActive stickiness } ... on Error { message } } }`,
        )
        lines.push(
          line(
            ...[day.slice(0, 10), found.dailyActive, found.weeklyActive, found.monthlyActive],
            found.stickiness.toFixed(6),
          ),
        )
      }
      return lines
    },
    raw: `
      with daily as (select date_trunc('day', event_at) as day, count(distinct user_id) as users from login group by 1)
      select concat_ws(' | ', strftime(day, '%Y-%m-%d'), ${within(1)}, ${within(7)}, ${within(30)},
                       printf('%.6f', (select sum(users) from daily
                                       where daily.day <= days.day and daily.day > days.day - interval 30 day) / 30 / ${within(30)}))
      from generate_series(timestamptz '${from}', timestamptz '${to}' - interval 1 day, interval 1 day) as days (day)`,
  }
}

/**
 * Users of cohorts of weeks, where there are any: [start, value, weeks since, users].
 * @param by an argument that divides them
 */
async function cohortUsers(ask: Graphql, from: string, weeks: number, by = ''): Promise<unknown[][]> {
  type Cohort = { start: string; value: string | null; periods: { offset: number; users: number }[] }
  const found = await answerTo<{ cohorts: Cohort[] }>(
    ask,
    `{ cohortRetention(period: WEEK, from: "${from}", periods: ${weeks} ${by}) {
        ... on CohortRetention { cohorts { start value periods { offset users } } } ... on Error { message } } }`,
  )
  return found.cohorts.flatMap(({ start, value, periods }) =>
    periods.flatMap(({ offset, users }) => (users > 0 ? [[start.slice(0, 10), value, offset, users]] : [])),
  )
}

export function cohorts({ from, to }: Range, weeks: number): TruthQuestion {
  return {
    name: 'cohortRetention by week',
    api: async (ask) => {
      const rows = await cohortUsers(ask, from, weeks)
      return rows.map(([start, , ...counts]) => line(start, ...counts))
    },
    raw: `${NEW_IN_PERIOD('week')}
      select concat_ws(' | ', first, date_diff('day', first, start) // 7, count(*))
      from seen join span using (user_id)
      where first >= '${from}'::date and start < '${to}'::date group by first, start`,
  }
}

/** Cohorts of weeks by device type: users whose first day lies in the week, by the types they had on that day. */
export function cohortsByDevice({ from, to }: Range, weeks: number): TruthQuestion {
  return {
    name: 'cohortRetention by week and device type',
    api: async (ask) => {
      const rows = await cohortUsers(ask, from, weeks, 'by: DEVICE_TYPE')
      return rows.map((row) => line(...row))
    },
    raw: `${NEW_IN_PERIOD('week')}, first_day as (
        select user_id, min(event_at::date) as day from login group by user_id
      ), had as (
        select distinct user_id, device_type from login join first_day using (user_id) where event_at::date = day
      )
      select concat_ws(' | ', first, device_type, date_diff('day', first, start) // 7, count(*))
      from seen join span using (user_id) join had using (user_id)
      where first >= '${from}'::date and start < '${to}'::date group by first, device_type, start`,
  }
}

const columns = { user: 'user_id', device: 'device_id', address: 'ip' } as const

const traits = {
  users: 'user_id',
  devices: 'device_id',
  addresses: 'ip',
  ...Object.fromEntries(dimensions.filter(({ isTrait }) => isTrait).map(({ list, name }) => [list, name])),
}

/** Days and traits of some users, devices or addresses. */
export function profiles(kind: keyof typeof columns, ids: readonly string[]): TruthQuestion {
  const column = columns[kind]
  const theirs = `${column} in (${ids.map((id) => `'${id}'`).join(', ')})`
  return {
    name: `profiles of a ${kind}`,
    api: async (ask) => {
      type Trait = { value: string; logins: number; firstAt: string; lastAt: string }
      type Profile = {
        firstDay: string
        lastDay: string
        activeDays: number
        traits: Record<string, { edges: { node: Trait }[] }>
      }
      const lists = Object.keys(traits).map(
        (list) => `${list} { edges { node { value logins firstAt lastAt } } }`,
      )
      const lines: string[] = []
      for (const id of ids) {
        const found = await answerTo<Profile>(
          ask,
          `{ ${kind}(${kind === 'address' ? 'ip' : 'id'}: "${id}") {
              ... on Profile { firstDay lastDay activeDays traits { ${lists.join(' ')} } } ... on Error { message } } }`,
        )
        lines.push(line(id, found.firstDay.slice(0, 10), found.lastDay.slice(0, 10), found.activeDays))
        for (const list of Object.keys(traits))
          for (const { value, logins, firstAt, lastAt } of (found.traits[list]?.edges ?? []).map(
            ({ node }) => node,
          ))
            lines.push(line(id, list, value, logins, Date.parse(firstAt), Date.parse(lastAt)))
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
