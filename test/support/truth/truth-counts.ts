import { type DimensionName, dimensions } from '../../../domain/counts/dimensions.ts'
import { answerTo, at, line, type Range, stored, type TruthQuestion } from './truth-question.ts'

type Point = { start: string; logins: number; previousLogins?: number }
type Series = Record<string, string | null> & { points: Point[]; counts: number[] }

/** Logins by bucket of a zone and one dimension, but for buckets without any. */
export function countsBy(
  zone: string,
  bucket: 'hour' | 'day' | 'week' | 'month',
  dimension: DimensionName,
  { from, to }: Range,
): TruthQuestion {
  const groupBy = dimension.toUpperCase()
  const field = dimensions.find(({ name }) => name === dimension)?.field ?? ''
  return {
    name: `loginCounts by ${bucket} of ${zone} and ${dimension}`,
    api: async (ask) => {
      const { buckets, series } = await answerTo<{ buckets: { start: string }[]; series: Series[] }>(
        ask,
        `{ loginCounts(from: "${from}", to: "${to}", bucket: ${bucket.toUpperCase()}, timeZone: "${zone}", groupBy: [${groupBy}]) {
            ... on LoginCounts { buckets { start } series { ${field} counts } } ... on Error { message } } }`,
      )
      return series.flatMap((one) =>
        buckets.flatMap(({ start }, i) =>
          one.counts[i] === 0 ? [] : [line(at(start), stored(one[field] ?? ''), one.counts[i])],
        ),
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

const regions = {
  NORTHEAST: 'CT ME MA NH RI VT NJ NY PA',
  MIDWEST: 'IL IN MI OH WI IA KS MN MO NE ND SD',
  SOUTH: 'DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX',
  WEST: 'AZ CO ID MT NV NM UT WY AK CA HI OR WA',
}

/** Three dimensions at once, one of them the region that a state lies in (https://www2.census.gov/geo/pdfs/maps-data/maps/reference/us_regdiv.pdf). */
export function countsByRegion({ from, to }: Range): TruthQuestion {
  const cases = Object.entries(regions).map(
    ([region, states]) => `when locale in ('${states.split(' ').join(`', '`)}') then '${region}'`,
  )
  return {
    name: 'loginCounts by month, region, device type and outcome',
    api: async (ask) => {
      const { series } = await answerTo<{ series: Series[] }>(
        ask,
        `{ loginCounts(from: "${from}", to: "${to}", bucket: MONTH, groupBy: [US_REGION, DEVICE_TYPE, OUTCOME], fillGaps: false) {
            ... on LoginCounts { series { usRegion deviceType outcome points { start logins } } } ... on Error { message } } }`,
      )
      return series.flatMap((one) =>
        one.points.map(({ start, logins }) =>
          line(
            at(start),
            one['usRegion'],
            stored(one['deviceType'] ?? ''),
            stored(one['outcome'] ?? ''),
            logins,
          ),
        ),
      )
    },
    raw: `
      select concat_ws(' | ', strftime(greatest(start, timestamptz '${from}'), '%Y-%m-%d %H:%M:%S'), region, device_type, outcome, logins)
      from (
        select date_trunc('month', event_at) as start, case ${cases.join(' ')} else 'OTHER' end as region, device_type, outcome,
               count(*) as logins
        from login where event_at >= '${from}' and event_at < '${to}' group by all) as counts`,
  }
}

/** Weeks that begin on Mondays of UTC, each beside the one that is as many weeks before as there are. */
export function previousWeeks({ from, to }: Range, weeks: number): TruthQuestion {
  return {
    name: 'loginCounts by week beside the weeks before',
    api: async (ask) => {
      const { series } = await answerTo<{ series: Series[] }>(
        ask,
        `{ loginCounts(from: "${from}", to: "${to}", bucket: WEEK, previous: true) {
            ... on LoginCounts { series { points { start logins previousLogins } } } ... on Error { message } } }`,
      )
      return (series[0]?.points ?? []).map(({ start, logins, previousLogins }) =>
        line(at(start), logins, previousLogins),
      )
    },
    raw: `
      select concat_ws(' | ', strftime(start, '%Y-%m-%d %H:%M:%S'),
                       (select count(*) from login where event_at >= start and event_at < start + interval 7 day),
                       (select count(*) from login where event_at >= start - interval ${7 * weeks} day
                                                    and event_at < start - interval ${7 * weeks - 7} day))
      from generate_series(timestamptz '${from}', timestamptz '${to}' - interval 7 day, interval 7 day) as weeks (start)`,
  }
}

/** Counts as they stood at a moment, and what was written since; `isThere` says in SQL which logins were counted at it. */
export function countsAtMoment({ from, to }: Range, moment: string, isThere: string): TruthQuestion[] {
  const day = `from: "${from}", to: "${to}", bucket: DAY, groupBy: [LOCALE], fillGaps: false`
  const question = (name: string, field: string, where: string): TruthQuestion => ({
    name,
    api: async (ask) => {
      const { series } = await answerTo<{ series: Series[] }>(
        ask,
        `{ ${field} { ... on LoginCounts { series { locale points { start logins } } } ... on Error { message } } }`,
      )
      return series.flatMap((one) =>
        one.points.map(({ start, logins }) => line(at(start), one['locale'], logins)),
      )
    },
    raw: `
      select concat_ws(' | ', strftime(date_trunc('day', event_at), '%Y-%m-%d %H:%M:%S'), locale, count(*))
      from login where event_at >= '${from}' and event_at < '${to}' and ${where}
      group by date_trunc('day', event_at), locale`,
  })
  return [
    question('loginCounts as of a moment', `loginCounts(${day}, asOf: "${moment}")`, isThere),
    question('countChanges since a moment', `countChanges(${day}, since: "${moment}")`, `not (${isThere})`),
  ]
}

export function topLocales({ from, to }: Range, order: 'DESC' | 'ASC'): TruthQuestion {
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

export function heatmap(zone: string, { from, to }: Range): TruthQuestion {
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

export function outdated({ from, to }: Range, current: string): TruthQuestion {
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
