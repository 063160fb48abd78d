import { type DimensionName } from '../../../domain/counts/dimensions.ts'
import type { Graphql } from '../api/graphql-client.ts'
import { answerTo, at, line, type Range, stored, type TruthQuestion } from './truth-question.ts'

type Point = { start: string; attempts: number }
type Group = { values: string[]; points: Point[]; series: number[] }

type Bucket = 'hour' | 'day' | 'week' | 'month'

/** Attempts by bucket of a zone and one dimension, but for buckets without any. */
export const attemptsBy = (zone: string, bucket: Bucket, dimension: DimensionName, range: Range) =>
  seriesBy('attempts', 'true', { zone, bucket, by: [dimension], range })

/** The same of failures, by any dimensions. */
export const failuresBy = (zone: string, bucket: Bucket, by: readonly DimensionName[], range: Range) =>
  seriesBy('failures', `outcome = 'failure'`, { zone, bucket, by, range })

type By = { zone: string; bucket: Bucket; by: readonly DimensionName[]; range: Range }

function seriesBy(
  measure: 'attempts' | 'failures',
  where: string,
  { zone, bucket, by, range: { from, to } }: By,
): TruthQuestion {
  const series = `series(measure: ${measure.toUpperCase()})`
  const columns = by.map((name) => `${name}, `).join('')
  return {
    name: `${measure} by ${bucket} of ${zone}${by.map((name) => ` and ${name}`).join('')}`,
    api: async (ask) => {
      const { buckets, total, groups } = await answerTo<{ buckets: Point[]; total: Group; groups: Group[] }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: ${bucket.toUpperCase()}, timeZone: "${zone}", groupBy: [${by.join().toUpperCase()}]) {
            buckets { start } ${by.length === 0 ? `total { ${series} }` : `groups { values ${series} }`} } }`,
      )
      return (by.length === 0 ? [total] : groups).flatMap(({ values = [], series: counts }) =>
        buckets.flatMap(({ start }, i) =>
          counts[i] === 0 ? [] : [line(at(start), ...values.map(stored), counts[i])],
        ),
      )
    },
    // The first bucket begins with the range. An hour that the clock repeats would be one by its name: by its offset it is two.
    raw: `
      select concat_ws(' | ', strftime(greatest(start, timestamptz '${from}'), '%Y-%m-%d %H:%M:%S'), ${columns} attempts)
      from (
        select ${
          bucket === 'hour'
            ? `event_at - to_minutes(date_part('minute', event_at at time zone '${zone}')::integer)
                        - to_seconds(date_part('second', event_at))`
            : `date_trunc('${bucket}', event_at at time zone '${zone}') at time zone '${zone}'`
        } as start, ${columns} count(*) as attempts
        from login where event_at >= '${from}' and event_at < '${to}' and ${where} group by all) as counts`,
  }
}

/** Lines of a question whose groups have points, but for points without attempts. */
const pointsOf = async (ask: Graphql, query: string): Promise<string[]> => {
  const { groups } = await answerTo<{ groups: Group[] }>(ask, query)
  return groups.flatMap(({ values, points }) =>
    points.flatMap(({ start, attempts }) =>
      attempts === 0 ? [] : [line(at(start), ...values.map(stored), attempts)],
    ),
  )
}

const regions = {
  NORTHEAST: 'CT ME MA NH RI VT NJ NY PA',
  MIDWEST: 'IL IN MI OH WI IA KS MN MO NE ND SD',
  SOUTH: 'DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX',
  WEST: 'AZ CO ID MT NV NM UT WY AK CA HI OR WA',
}

/** Three dimensions at once, one of them the region that a state lies in (https://www2.census.gov/geo/pdfs/maps-data/maps/reference/us_regdiv.pdf). */
export function attemptsByRegion({ from, to }: Range): TruthQuestion {
  const cases = Object.entries(regions).map(
    ([region, states]) => `when locale in ('${states.split(' ').join(`', '`)}') then '${region}'`,
  )
  return {
    name: 'attempts by month, region, device type and outcome',
    api: (ask) =>
      pointsOf(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: MONTH, groupBy: [US_REGION, DEVICE_TYPE, OUTCOME]) {
            groups { values points { start attempts } } } }`,
      ),
    raw: `
      select concat_ws(' | ', strftime(greatest(start, timestamptz '${from}'), '%Y-%m-%d %H:%M:%S'), region, device_type, outcome, attempts)
      from (
        select date_trunc('month', event_at) as start, case ${cases.join(' ')} else 'OTHER' end as region, device_type, outcome,
               count(*) as attempts
        from login where event_at >= '${from}' and event_at < '${to}' group by all) as counts`,
  }
}

/** Weeks that begin on Mondays of UTC, each beside the one that is as many weeks before as there are. */
export function previousWeeks({ from, to }: Range, weeks: number): TruthQuestion {
  return {
    name: 'attempts by week beside the weeks before',
    api: async (ask) => {
      const { points } = await answerTo<{ points: (Point & { compared: Point[] })[] }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: WEEK, compareTo: [{ span: PREVIOUS }]) {
            points { start attempts compared { attempts } } } }`,
      )
      return points.map(({ start, attempts, compared }) => line(at(start), attempts, compared[0]?.attempts))
    },
    raw: `
      select concat_ws(' | ', strftime(start, '%Y-%m-%d %H:%M:%S'),
                       (select count(*) from login where event_at >= start and event_at < start + interval 7 day),
                       (select count(*) from login where event_at >= start - interval ${7 * weeks} day
                                                    and event_at < start - interval ${7 * weeks - 7} day))
      from generate_series(timestamptz '${from}', timestamptz '${to}' - interval 7 day, interval 7 day) as weeks (start)`,
  }
}

/** Counts as they stood at a moment, and what was written since; `isThere` says in SQL which attempts were counted at it. */
export function attemptsAtMoment({ from, to }: Range, moment: string, isThere: string): TruthQuestion[] {
  const question = (name: string, argument: string, where: string): TruthQuestion => ({
    name,
    api: (ask) =>
      pointsOf(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: DAY, groupBy: [LOCALE], ${argument}: "${moment}") {
            groups { values points { start attempts } } } }`,
      ),
    raw: `
      select concat_ws(' | ', strftime(date_trunc('day', event_at), '%Y-%m-%d %H:%M:%S'), locale, count(*))
      from login where event_at >= '${from}' and event_at < '${to}' and ${where}
      group by date_trunc('day', event_at), locale`,
  })
  return [
    question('attempts as of a moment', 'asOf', isThere),
    question('attempts since a moment', 'since', `not (${isThere})`),
  ]
}

export function topLocales({ from, to }: Range, direction: 'DESC' | 'ASC'): TruthQuestion {
  return {
    name: `locales by attempts, ${direction}`,
    api: async (ask) => {
      const { groups, other } = await answerTo<{
        groups: { values: string[]; attempts: number }[]
        other: { groupCount: number; attempts: number } | null
      }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", groupBy: [LOCALE], first: 7, orderBy: { measure: ATTEMPTS, direction: ${direction} }) {
            groups { values attempts } other { groupCount attempts } } }`,
      )
      return [
        ...groups.map(({ values, attempts }) => line(...values, attempts)),
        line('other', other?.groupCount ?? 0, other?.attempts ?? 0),
      ]
    },
    raw: `
      with ranked as (
        select locale, count(*) as attempts, row_number() over (order by count(*) ${direction}, locale) as place
        from login where event_at >= '${from}' and event_at < '${to}' group by locale)
      select concat_ws(' | ', locale, attempts) from ranked where place <= 7
      union all select concat_ws(' | ', 'other', count(*), coalesce(sum(attempts), 0)::bigint) from ranked where place > 7`,
  }
}

export function outdated({ from, to }: Range, current: string): TruthQuestion {
  return {
    name: 'logins of older versions',
    api: async (ask) => {
      const { points } = await answerTo<{ points: (Point & { outdatedLogins: number })[] }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: WEEK) {
            points { start attempts outdatedLogins(olderThan: "${current}") } } }`,
      )
      return points.flatMap(({ start, attempts, outdatedLogins }) =>
        attempts > 0 ? [line(at(start), attempts, outdatedLogins)] : [],
      )
    },
    // Versions of the generator are of one digit a place, so their text is in order.
    raw: `
      select concat_ws(' | ', strftime(greatest(date_trunc('week', event_at), timestamptz '${from}'), '%Y-%m-%d %H:%M:%S'), count(*),
                       count(*) filter (app_version < '${current}' and outcome <> 'failure'))
      from login where event_at >= '${from}' and event_at < '${to}' group by date_trunc('week', event_at)`,
  }
}
