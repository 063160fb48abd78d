import { expect, test } from 'vitest'
import { jdbcUrl } from './flink-subject.ts'

test('Java finds the same database, as the same user', () => {
  expect(jdbcUrl('postgres://rollcall@127.0.0.1:5433/flink-users_1')).toBe(
    'jdbc:postgresql://127.0.0.1:5433/flink-users_1?user=rollcall&reWriteBatchedInserts=true',
  )
  expect(jdbcUrl('postgres://a%40b:p%26w@db:5432/x')).toContain('?user=a%40b&password=p%26w&')
})
