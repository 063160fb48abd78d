import type { Graphql } from './graphql-client.ts'
import type { Rows } from './raw-events.ts'

/** One question, asked of the API and of the raw messages; both answers as lines of text. */
export type TruthQuestion = {
  name: string
  api: (ask: Graphql) => Promise<string[]>
  raw: string
}

type Range = { from: string; to: string }
type Point = { start: string; logins: number; previousLogins?: number }
type Series = Record<string, string | null> & { points: Point[] }

const line = (...values: unknown[]) => values.map(String).join(' | ')
/** A moment as DuckDB prints one of UTC, to the second. */
const at = (iso: string) => iso.slice(0, 19).replace('T', ' ')
/** An enum's value as it is stored. */
const stored = (value: string | null) =>
  value === 'IOS'
    ? 'iOS'
    : /^(ANDROID|UNKNOWN|SUCCESS|FAILURE)$/.test(value ?? '')
      ? value?.toLowerCase()
      : value

async function answerTo<T>(ask: Graphql, query: string): Promise<T> {
  const [answer] = Object.values(await ask(query)) as (T & { message?: string })[]
  if (answer === undefined || answer.message !== undefined)
    throw new Error(`${query}: ${String(answer?.message)}`)
  return answer
}

/** Lines of the only column of a DuckDB answer. */
export const linesOf = (rows: Rows): string[] => rows.map((row) => String(Object.values(row)[0]))

const shares = {
  device_type: ['DEVICE_TYPE', 'deviceType'],
  locale: ['LOCALE', 'locale'],
  app_version: ['APP_VERSION', 'appVersion'],
  outcome: ['OUTCOME', 'outcome'],
} as const

/** Logins by bucket of a zone and one dimension, but for buckets without any. */
function countsBy(
  zone: string,
  bucket: 'hour' | 'day' | 'week' | 'month',
  dimension: keyof typeof shares,
  { from, to }: Range,
): TruthQuestion {
  const [groupBy, field] = shares[dimension]
  return {
    name: `loginCounts by ${bucket} of ${zone} and ${dimension}`,
    api: async (ask) => {
      const { series } = await answerTo<{ series: Series[] }>(
        ask,
        `{ loginCounts(from: "${from}", to: "${to}", bucket: ${bucket.toUpperCase()}, timeZone: "${zone}", groupBy: [${groupBy}],
                       fillGaps: false) {
            ... on LoginCounts { series { ${field} points { start logins } } } ... on Error { message } } }`,
      )
      return series.flatMap((one) =>
        one.points.map(({ start, logins }) => line(at(start), stored(one[field] ?? ''), logins)),
      )
    },
    // The first bucket begins with the range. An hour that the clock repeats would be one by its name: by its offset it is two.
    raw: `
      select concat_ws(' | ', strftime(greatest(start, timestamptz '${from}'), '%Y-%m-%d %H:%M:%S'), value, logins)
      from (
        select ${
          bucket === 'hour'
            ? `event_at - to_minutes(date_part('minute', event_at at time zone '${zone}')::integer)
                        - to_seconds(date_part('second', event_at))`
            : `date_trunc('${bucket}', event_at at time zone '${zone}') at time zone '${zone}'`
        } as start, ${dimension} as value, count(*) as logins
        from login where event_at >= '${from}' and event_at < '${to}' group by 1, 2) as counts`,
  }
}

function topLocales({ from, to }: Range, order: 'DESC' | 'ASC'): TruthQuestion {
  return {
    name: `topValues of locales, ${order}`,
    api: async (ask) => {
      const top = await answerTo<{
        values: { value: string; logins: number }[]
        other: { values: number; logins: number }
      }>(
        ask,
        `{ topValues(dimension: LOCALE, from: "${from}", to: "${to}", first: 7, order: ${order}) {
            ... on TopValues { values { value logins } other { values logins } } ... on Error { message } } }`,
      )
      return [
        ...top.values.map(({ value, logins }) => line(value, logins)),
        line('other', top.other.values, top.other.logins),
      ]
    },
    raw: `
      with ranked as (
        select locale, count(*) as logins, row_number() over (order by count(*) ${order}, locale) as place
        from login where event_at >= '${from}' and event_at < '${to}' group by locale)
      select concat_ws(' | ', locale, logins) from ranked where place <= 7
      union all select concat_ws(' | ', 'other', count(*), coalesce(sum(logins), 0)::bigint) from ranked where place > 7`,
  }
}

function heatmap(zone: string, { from, to }: Range): TruthQuestion {
  return {
    name: `loginHeatmap of ${zone}`,
    api: async (ask) => {
      const { cells } = await answerTo<{ cells: { weekday: number; hour: number; logins: number }[] }>(
        ask,
        `{ loginHeatmap(from: "${from}", to: "${to}", timeZone: "${zone}") {
            ... on LoginHeatmap { cells { weekday hour logins } } ... on Error { message } } }`,
      )
      return cells.flatMap(({ weekday, hour, logins }) => (logins > 0 ? [line(weekday, hour, logins)] : []))
    },
    raw: `
      select concat_ws(' | ', isodow(event_at at time zone '${zone}'), date_part('hour', event_at at time zone '${zone}'), count(*))
      from login where event_at >= '${from}' and event_at < '${to}'
      group by isodow(event_at at time zone '${zone}'), date_part('hour', event_at at time zone '${zone}')`,
  }
}

function uniques(name: string, { from, to }: Range, filter: string, where: string): TruthQuestion {
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

/** Weeks or months from `from`, which begins one, to `to`. */
function activeUsers(period: 'day' | 'week' | 'month', { from, to }: Range): TruthQuestion {
  return {
    name: `activeUsers by ${period}`,
    api: async (ask) => {
      const { points } = await answerTo<{ points: Record<string, string | number>[] }>(
        ask,
        `{ activeUsers(from: "${from}", to: "${to}", period: ${period.toUpperCase()}) {
            ... on ActiveUsers { points { start active new returning resurrected dormant } } ... on Error { message } } }`,
      )
      return points.flatMap(({ start, active, new: fresh, returning, resurrected, dormant }) =>
        active === 0 && dormant === 0
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
      from pair where start >= '${from}'::date and start < '${to}'::date group by start`,
  }
}

function cohorts({ from, to }: Range, weeks: number): TruthQuestion {
  return {
    name: 'cohortRetention by week',
    api: async (ask) => {
      type Cohort = { start: string; users: number; periods: { offset: number; users: number }[] }
      const found = await answerTo<{ cohorts: Cohort[] }>(
        ask,
        `{ cohortRetention(period: WEEK, from: "${from}", periods: ${weeks}) {
            ... on CohortRetention { cohorts { start users periods { offset users } } } ... on Error { message } } }`,
      )
      return found.cohorts.flatMap(({ start, periods }) =>
        periods.flatMap(({ offset, users }) => (users > 0 ? [line(start.slice(0, 10), offset, users)] : [])),
      )
    },
    raw: `${NEW_IN_PERIOD('week')}
      select concat_ws(' | ', first, date_diff('day', first, start) // 7, count(*))
      from seen join span using (user_id)
      where first >= '${from}'::date and start < '${to}'::date group by first, start`,
  }
}

function outdated({ from, to }: Range, current: string): TruthQuestion {
  return {
    name: 'versionAdoption',
    api: async (ask) => {
      type Adoption = { points: { start: string; logins: number; outdatedLogins: number }[] }
      const { points } = await answerTo<Adoption>(
        ask,
        `{ versionAdoption(from: "${from}", to: "${to}", bucket: WEEK, current: "${current}") {
            ... on VersionAdoption { points { start logins outdatedLogins } } ... on Error { message } } }`,
      )
      return points.flatMap(({ start, logins, outdatedLogins }) =>
        logins > 0 ? [line(at(start), logins, outdatedLogins)] : [],
      )
    },
    // Versions of the generator are of one digit a place, so their text is in order.
    raw: `
      select concat_ws(' | ', strftime(greatest(date_trunc('week', event_at), timestamptz '${from}'), '%Y-%m-%d %H:%M:%S'), count(*),
                       count(*) filter (app_version < '${current}'))
      from login where event_at >= '${from}' and event_at < '${to}' group by date_trunc('week', event_at)`,
  }
}

const latenessNames = [
  ['AHEAD', 'late_ms < 0'],
  ['WITHIN_10_SECONDS', 'late_ms between 0 and 10000'],
  ['WITHIN_1_MINUTE', 'late_ms between 10001 and 60000'],
  ['WITHIN_10_MINUTES', 'late_ms between 60001 and 600000'],
  ['WITHIN_1_HOUR', 'late_ms between 600001 and 3600000'],
  ['WITHIN_1_DAY', 'late_ms between 3600001 and 86400000'],
  ['LATER', 'late_ms > 86400000'],
] as const

/** Over the hours of the test, in which all was counted. */
function arrivals({ from, to }: Range): TruthQuestion {
  return {
    name: 'arrivals',
    api: async (ask) => {
      type Arrived = {
        outOfOrder: number
        lateness: { lateness: string; logins: number }[]
        rejectsByReason: { reason: string; rejects: number }[]
      }
      const { points } = await answerTo<{ points: Arrived[] }>(
        ask,
        `{ arrivals(from: "${from}", to: "${to}", bucket: DAY) { ... on Arrivals { points {
            outOfOrder lateness { lateness logins } rejectsByReason { reason rejects } } } ... on Error { message } } }`,
      )
      const sums = new Map<string, number>()
      const add = (name: string, count: number) => sums.set(name, (sums.get(name) ?? 0) + count)
      for (const { outOfOrder, lateness, rejectsByReason } of points) {
        add('out of order', outOfOrder)
        for (const one of lateness) add(one.lateness, one.logins)
        for (const { reason, rejects } of rejectsByReason) add(reason.toLowerCase(), rejects)
      }
      return [...sums].flatMap(([name, count]) => (count > 0 ? [line(name, count)] : []))
    },
    // What was parked is counted later, alone.
    raw: `
      with late as (select *, recorded_ms - event_ms as late_ms from login), ordered as (
        select event_ms < max(event_ms) over (partition by partition order by "offset"
                                              rows between unbounded preceding and 1 preceding) as out_of_order
        from login where not parked)
      select * from (
        select concat_ws(' | ', 'out of order', count(*)) as text, count(*) as many from ordered where out_of_order
        ${latenessNames.map(([name, where]) => `union all select concat_ws(' | ', '${name}', count(*)), count(*) from late where ${where}`).join('\n')}
        union all select concat_ws(' | ', reject, count(*)), count(*) from reject group by reject
      ) as sums where many > 0`,
  }
}

const atOf = (ms: number) => new Date(ms).toISOString().replace('.000', '')
const DAY_MS = 86_400_000

/** Every question; `fromMs` and `nowMs` are midnights of UTC around all events, `fromMs` a Monday. */
export function truthQuestions(fromMs: number, toMs: number): TruthQuestion[] {
  const all = { from: atOf(fromMs), to: atOf(toMs) }
  const odd = { from: atOf(fromMs + 3.3 * DAY_MS), to: atOf(toMs - 5.7 * DAY_MS) }
  const weeks = Math.ceil((toMs - fromMs) / (7 * DAY_MS))
  const wholeWeeks = { ...all, to: atOf(fromMs + weeks * 7 * DAY_MS) }
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']
  return [
    ...zones.map((zone) => countsBy(zone, 'day', 'device_type', all)),
    ...zones.map((zone) => countsBy(zone, 'week', 'locale', odd)),
    ...zones.map((zone) => countsBy(zone, 'month', 'app_version', all)),
    countsBy('UTC', 'hour', 'outcome', odd),
    countsBy('Europe/Berlin', 'hour', 'outcome', odd),
    countsBy('Asia/Kolkata', 'hour', 'outcome', odd),
    topLocales(odd, 'DESC'),
    topLocales(all, 'ASC'),
    ...zones.slice(0, 4).map((zone) => heatmap(zone, odd)),
    uniques('of days', all, '{}', 'true'),
    uniques(
      'of a window and two dimensions',
      odd,
      '{ deviceTypes: [IOS], outcomes: [SUCCESS, UNKNOWN] }',
      `device_type = 'iOS' and outcome in ('success', 'unknown')`,
    ),
    uniques(
      'of a region',
      odd,
      '{ usRegions: [NORTHEAST] }',
      `locale in ('CT', 'ME', 'MA', 'NH', 'RI', 'VT', 'NJ', 'NY', 'PA')`,
    ),
    activeUsers('day', all),
    activeUsers('week', wholeWeeks),
    cohorts(wholeWeeks, weeks),
    outdated(odd, '2.3.0'),
    arrivals({ from: atOf(toMs - 2 * DAY_MS), to: atOf(toMs + DAY_MS) }),
  ]
}
