import { expect, test } from 'vitest'
import { fillHistory } from '../../bench/history/fill-history.ts'
import { dayBeforeEnd } from '../../bench/history/history-size.ts'
import { failureOf } from '../../bench/queries/ask.ts'
import { questions } from '../../bench/queries/questions.ts'
import { bytesOfBits } from '../../db/read/binary-rows.ts'
import { listedNumbers, numbersOfChunk } from '../../domain/engagement/read-numbers.ts'
import { useApi } from '../support/api/use-api.ts'

// That the questions fit the schema, a unit test says in every run: bench/queries/questions.test.ts.

/** Of some days with rows and minutes, and some of which quarters alone are left. */
const size = { logins: 3_000, users: 300, days: 100 }
const HISTORY_END = dayBeforeEnd(0)
const { ask, sql } = useApi((to) => fillHistory(to, 'user-login', size, () => undefined))

test.for(questions)('"$name" is answered of the history that bench fills', async ({ query, variables }) => {
  expect(failureOf(await ask(query, variables(1, size)))).toBeNull()
})

test('each day of that history has minutes or quarters, which agree with its hours', async () => {
  const days = await sql()<{ minutes: number; quarters: number; hours: number }[]>`
    select coalesce(minutes, 0)::integer as minutes, coalesce(quarters, 0)::integer as quarters, hours::integer
    from (select day, sum(logins) as hours from hour_count_entry where dimension_set = 15 group by 1) as by_hours
    left join (select date_trunc('day', bucket, 'UTC') as day, sum(logins) as minutes from minute_count_entry
               where dimension_set = 15 group by 1) as by_minutes using (day)
    left join (select day, sum(logins) as quarters from quarter_count_entry where dimension_set = 15 group by 1)
      as by_quarters using (day)
    order by day`
  expect(days).toHaveLength(size.days)
  for (const { minutes, quarters, hours } of days)
    expect([minutes, quarters].sort()).toEqual([0, hours].sort())
  expect(days.filter(({ quarters }) => quarters > 0)).toHaveLength(size.days - 90)
})

test('logins of each month of that history came late, and are counted, listed and in the sets of their days', async () => {
  const [late] = await sql()`
    select count(distinct date_trunc('month', bucket))::integer as months, sum(counted.logins)::integer as logins
    from login_count_delta, unnest(buckets, login_count_delta.logins) as counted (bucket, logins)
    where bucket < timestamptz '${sql().unsafe(dayBeforeEnd(30))}Z'`
  expect(late).toEqual({ months: 3, logins: 100 })
  const [waiting] = await sql()`
    select (select count(*) from pending_rollup) + (select count(*) from pending_commit_rollup)
         + (select count(*) from sighting_delta) + (select count(*) from unindexed_batch) + (select count(*) from late_login) as rows`
  expect(waiting).toEqual({ rows: 0n })
  const [months] = await sql()`
    select count(*) filter (where kept <> counted)::integer as wrong, count(*) > 1 as "areSome"
    from (select month, sum(logins) as kept from month_count where dimension_set = 15 group by 1) as months
    join (select date_trunc('month', day, 'UTC') as month, sum(logins) as counted from hour_count_entry
          where dimension_set = 15 group by 1) as hours using (month)`
  expect(months).toEqual({ wrong: 0, areSome: true })
})

test('each day of that history has as many logins by hour as it counts, and is made into spans', async () => {
  const [days] = await sql()`
    select count(*)::integer as days, count(*) filter (where listed = counted)::integer as alike
    from (select date_trunc('day', hour, 'UTC') as day, sum(octet_length(minutes)) as listed from hour_login group by 1) as lists
    full join (select day, sum(logins) as counted from hour_count_entry where dimension_set = 15 group by 1) as counts using (day)`
  expect(days).toEqual({ days: size.days, alike: size.days })
  const [spans] = await sql()`
    select count(*)::integer as days, count(*) filter (where made = changes)::integer as made,
           (select count(*)::integer from active_span where facet = 'all' and days = 1 and day < ${HISTORY_END}) as spans
    from span_day where day < ${HISTORY_END}`
  expect(spans).toEqual({ days: size.days, made: size.days, spans: size.days })
})

test('bitmaps and first days of that history are those of the attempts that are listed by hour', async () => {
  const listed = await sql()<({ day: string; half: string; numbers: Buffer } & Record<'version', string>)[]>`
    select (hour at time zone 'UTC')::date::text as day, app_version as version,
           case outcome when 'failure' then 'failures' else 'logins' end as half, string_agg(users, ''::bytea) as numbers
    from hour_login group by 1, 2, 3`
  const active = new Set<string>()
  const first = new Map<number, string>()
  for (const { day, half, version, numbers } of listed)
    for (const number of listedNumbers(numbers)) {
      active.add(`all ${half} ${day} ${number}`).add(`app_version ${half} ${version} ${day} ${number}`)
      if (half === 'logins' && day < (first.get(number) ?? '9')) first.set(number, day)
    }
  const bitmaps = await sql()<{ name: string; chunk: number; bits: Buffer }[]>`
    select concat_ws(' ', facet, attempts, nullif(value, ''), start) as name, chunk, ${sql().unsafe(bytesOfBits('members'))} as bits
    from engagement where kind = 'user' and period = 'day' and facet in ('all', 'app_version')`
  const held = bitmaps.flatMap(({ name, chunk, bits }) =>
    Array.from(numbersOfChunk(chunk, bits), (number) => `${name} ${number}`),
  )
  expect(new Set(held)).toEqual(active)
  const users = await sql()<{ number: number; day: string; quarter: string | null }[]>`
    select number, first_login_day::text as day, (first_login_at at time zone 'UTC')::date::text as quarter
    from app_user where first_login_day is not null`
  expect(new Map(users.map(({ number, day }) => [number, day]))).toEqual(first)
  expect(users.filter(({ day, quarter }) => quarter !== day)).toEqual([])
})
