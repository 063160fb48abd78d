import { expect, test } from 'vitest'
import { fillHistory } from '../../bench/history/fill-history.ts'
import { failureOf } from '../../bench/queries/ask.ts'
import { questions } from '../../bench/queries/questions.ts'
import { useApi } from '../support/api/use-api.ts'

/** Of some days with rows and minutes, and some of which quarters alone are left. */
const size = { logins: 3_000, users: 300, days: 100 }
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
