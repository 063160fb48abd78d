import { answerTo, line, type Range, type TruthQuestion } from './truth-question.ts'

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
export function arrivals({ from, to }: Range): TruthQuestion {
  return {
    name: 'arrivals',
    api: async (ask) => {
      type Arrived = {
        outOfOrder: number
        lateness: { lateness: string; attempts: number }[]
        rejectsByReason: { reason: string; rejects: number }[]
      }
      const { points } = await answerTo<{ points: Arrived[] }>(
        ask,
        `{ arrivals(from: "${from}", to: "${to}", bucket: DAY) { points {
            outOfOrder lateness { lateness attempts } rejectsByReason { reason rejects } } } }`,
      )
      const sums = new Map<string, number>()
      const add = (name: string, count: number) => sums.set(name, (sums.get(name) ?? 0) + count)
      for (const { outOfOrder, lateness, rejectsByReason } of points) {
        add('out of order', outOfOrder)
        for (const one of lateness) add(one.lateness, one.attempts)
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

/** Of so many logins in a row of a partition, but for what was parked at first. */
export function insights(size: number): TruthQuestion {
  return {
    name: 'insights',
    api: async (ask) => {
      type Count = { value: string; attempts: number }
      type Insight = {
        partition: number
        fromOffset: number
        toOffset: number
        attempts: number
        topLocales: Count[]
        topUsers: Count[]
      } & {
        deviceTypes: Count[]
        firstEventAt: string
        lastEventAt: string
      }
      const { edges } = await answerTo<{ edges: { node: Insight }[] }>(
        ask,
        `{ insights(first: 100) { edges { node {
            partition fromOffset toOffset attempts firstEventAt lastEventAt deviceTypes { value attempts } topLocales { value attempts }
            topUsers { value attempts } } } } }`,
      )
      const named = (counts: Count[]) => counts.map(({ value, attempts }) => `${value} ${attempts}`).join(' ')
      return edges.map(({ node }) =>
        line(
          ...[node.partition, node.fromOffset, node.toOffset, node.attempts],
          ...[Date.parse(node.firstEventAt), Date.parse(node.lastEventAt)],
          named(node.deviceTypes.sort((a, b) => (a.value < b.value ? -1 : 1))),
          named(node.topLocales),
          named(node.topUsers),
        ),
      )
    },
    raw: `
      with numbered as (
        select *, (row_number() over (partition by partition order by "offset") - 1) // ${size} as insight
        from login where not parked
      ), whole as (
        select partition, insight, min("offset") as first, max("offset") + 1 as last, count(*) as logins,
               min(event_ms) as first_ms, max(event_ms) as last_ms
        from numbered group by all having count(*) = ${size}
      ), counts as (
        unpivot (select partition, insight, device_type, locale, user_id from numbered)
        on device_type, locale, user_id into name what value value
      ), ranked as (
        select partition, insight, what, value, count(*) as logins,
               row_number() over (partition by partition, insight, what order by count(*) desc, value) as place
        from counts group by partition, insight, what, value
      )
      select concat_ws(' | ', partition, first, last, logins, first_ms, last_ms,
        (select string_agg(concat(upper(value), ' ', r.logins), ' ' order by value) from ranked r
         where r.partition = whole.partition and r.insight = whole.insight and what = 'device_type'),
        (select string_agg(concat(value, ' ', r.logins), ' ' order by place) from ranked r
         where r.partition = whole.partition and r.insight = whole.insight and what = 'locale' and place <= 10),
        (select string_agg(concat(value, ' ', r.logins), ' ' order by place) from ranked r
         where r.partition = whole.partition and r.insight = whole.insight and what = 'user_id' and place <= 5))
      from whole`,
  }
}

/** Of all that was counted in the last day, which is all that was sent; fewer spellings than are listed. */
export function unknownOutcomes(): TruthQuestion {
  return {
    name: 'ingestion.unknownOutcomes',
    api: async (ask) => {
      type Unknown = { text: string | null; attempts: number }
      const { unknownOutcomes: found } = await answerTo<{ unknownOutcomes: Unknown[] }>(
        ask,
        '{ ingestion { unknownOutcomes { text attempts } } }',
      )
      return found.map(({ text, attempts }) => line(text, attempts))
    },
    raw: `
      select concat_ws(' | ', trim(sent_outcome), count(*)) from login
      where outcome = 'unknown' and lower(trim(sent_outcome)) <> 'unknown' group by trim(sent_outcome)`,
  }
}
