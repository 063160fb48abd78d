import { type DimensionName } from '../../../domain/counts/dimensions.ts'
import { answerTo, at, isoOf, line, type Range, stored, type TruthQuestion } from './truth-question.ts'

type Tally = { start: string; attempts: number; logins: number; failures: number }
type Group = { values: string[]; points: Tally[] } & Tally & {
    firstSeenAt: string | null
    lastSeenAt: string | null
  }

/** Attempts, logins and failures by bucket of a zone and one dimension, but for buckets without any. */
export function talliesBy(
  zone: string,
  bucket: 'day' | 'week' | 'month' | 'quarter' | 'year',
  dimension: DimensionName,
  { from, to }: Range,
): TruthQuestion {
  return {
    name: `measures by ${bucket} of ${zone} and ${dimension}`,
    api: async (ask) => {
      const { groups } = await answerTo<{ groups: Group[] }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: ${bucket.toUpperCase()}, timeZone: "${zone}", groupBy: [${dimension.toUpperCase()}]) {
            groups { values points { start attempts logins failures } } } }`,
      )
      return groups.flatMap(({ values: [value = ''], points }) =>
        points.flatMap(({ start, attempts, logins, failures }) =>
          attempts === 0 ? [] : [line(at(start), stored(value), attempts, logins, failures)],
        ),
      )
    },
    raw: `
      select concat_ws(' | ', strftime(greatest(start, timestamptz '${from}'), '%Y-%m-%d %H:%M:%S'), value, attempts, logins, failures)
      from (
        select date_trunc('${bucket}', event_at at time zone '${zone}') at time zone '${zone}' as start, ${dimension} as value,
               count(*) as attempts, count(*) filter (outcome <> 'failure') as logins, count(*) filter (outcome = 'failure') as failures
        from login where event_at >= '${from}' and event_at < '${to}' group by 1, 2) as counts`,
  }
}

/** Attempts and failures by weekday, hour of the clock and device type. */
export function measuresByClock(zone: string, { from, to }: Range): TruthQuestion {
  return {
    name: `measures by the clock of ${zone}`,
    api: async (ask) => {
      const { groups } = await answerTo<{ groups: Group[] }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", timeZone: "${zone}", groupBy: [WEEKDAY, DEVICE_TYPE, HOUR_OF_DAY]) {
            groups { values attempts failures } } }`,
      )
      return groups.map(({ values: [weekday, device = '', hour], attempts, failures }) =>
        line(weekday, stored(device), hour, attempts, failures),
      )
    },
    raw: `
      select concat_ws(' | ', upper(strftime(clock, '%A')), device_type, strftime(clock, '%H'), count(*),
                       count(*) filter (outcome = 'failure'))
      from (select event_at at time zone '${zone}' as clock, * from login where event_at >= '${from}' and event_at < '${to}')
      group by strftime(clock, '%A'), device_type, strftime(clock, '%H')`,
  }
}

const kinds: Record<string, string> = {
  ALL: 'true',
  LOGINS: `outcome <> 'failure'`,
  FAILURES: `outcome = 'failure'`,
}

/**
 * The first and the last minute of each value of a dimension, in all and by month; the quarter of an hour before minutes are kept.
 */
export function seenBy(
  kind: string,
  dimension: DimensionName,
  { from, to }: Range,
  minutesFromMs: number,
): TruthQuestion {
  const text = (moment: string | null) => (moment === null ? 'never' : at(moment))
  return {
    name: `measures: when ${kind} were seen by ${dimension}`,
    api: async (ask) => {
      const { groups } = await answerTo<{ groups: Group[] }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: MONTH, timeZone: "Asia/Kathmandu", groupBy: [${dimension.toUpperCase()}], attempts: ${kind}) {
            groups { values firstSeenAt lastSeenAt points { start firstSeenAt lastSeenAt } } } }`,
      )
      return groups.flatMap(({ values: [value = ''], points, ...all }) => [
        line('all', stored(value), text(all.firstSeenAt), text(all.lastSeenAt)),
        ...(points as Group[]).flatMap(({ start, firstSeenAt, lastSeenAt }) =>
          firstSeenAt === null ? [] : [line(at(start), stored(value), text(firstSeenAt), text(lastSeenAt))],
        ),
      ])
    },
    raw: `
      with seen as (
        select ${dimension} as value,
               time_bucket(case when event_at < timestamptz '${isoOf(minutesFromMs)}' then interval 15 minute else interval 1 minute end,
                           event_at, timestamptz '2000-01-01') as slot,
               greatest(date_trunc('month', event_at at time zone 'Asia/Kathmandu') at time zone 'Asia/Kathmandu', timestamptz '${from}') as start
        from login where event_at >= '${from}' and event_at < '${to}' and ${kinds[kind]}),
      spans as (select 'all' as span, * from seen union all select strftime(start, '%Y-%m-%d %H:%M:%S') as span, * from seen)
      select concat_ws(' | ', span, value, strftime(min(slot), '%Y-%m-%d %H:%M:%S'), strftime(max(slot), '%Y-%m-%d %H:%M:%S'))
      from spans group by span, value`,
  }
}

/** Logins of the days of a zone beside those 7 and 23 days earlier, by the clock. */
export function besideWeeksBefore(zone: string, { from, to }: Range): TruthQuestion {
  const clock = `(event_at at time zone '${zone}')`
  const loginsBefore = (days: number) => `(
    select count(*) from login
    where outcome <> 'failure' and ${clock} >= day - to_days(${days}) and ${clock} < day - to_days(${days - 1}))`
  return {
    name: `measures by day of ${zone} beside days before`,
    api: async (ask) => {
      const { points } = await answerTo<{ points: (Tally & { compared: Tally[] })[] }>(
        ask,
        `{ measures(from: "${from}", to: "${to}", bucket: DAY, timeZone: "${zone}", compareTo: [{ span: WEEK_BEFORE }, { daysBefore: 23 }]) {
            points { start logins compared { logins } } } }`,
      )
      // The range cuts the first and the last day of most zones.
      return points
        .slice(1, -1)
        .map(({ start, logins, compared }) => line(at(start), logins, ...compared.map((one) => one.logins)))
    },
    raw: `
      with bounds as (
        select date_trunc('day', timestamptz '${from}' at time zone '${zone}') as first,
               date_trunc('day', (timestamptz '${to}' - interval 1 second) at time zone '${zone}') as last),
      days as (select unnest(generate_series(first + to_days(1), last - to_days(1), to_days(1))) as day from bounds)
      select concat_ws(' | ', strftime(day at time zone '${zone}', '%Y-%m-%d %H:%M:%S'),
                       ${loginsBefore(0)}, ${loginsBefore(7)}, ${loginsBefore(23)})
      from days`,
  }
}
