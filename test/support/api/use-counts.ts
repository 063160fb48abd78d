import type { Sql } from '../../../db/connection/connect.ts'
import { logOf } from '../../../domain/pipeline/partition-log-fixture.ts'
import { insertCheckpoint, insertCounts } from './api-rows.ts'
import { useApi } from './use-api.ts'

/** For the tests of a file: an API on counts in a database. */
export function useCounts() {
  const fill = async (sql: Sql) => {
    await insertCheckpoint(sql, 0, 100, '2026-03-01T12:00:20Z')
    // The clock of the API stands at 12:00:30.
    await insertCounts(sql, [
      ['2026-02-28T23:59:00Z', 'android', '1.0', 'CA', 1],
      ['2026-03-01T00:00:00Z', 'iOS', '1.0', 'CA', 2],
      ['2026-03-01T10:15:00Z', 'android', '2.0', 'NY', 36],
      ['2026-03-01T10:45:00Z', 'iOS', '2.0', 'TX', 8],
      ['2026-03-01T11:00:00Z', 'unknown', '2.0', 'NY', 16],
      ['2026-03-01T12:00:00Z', 'iOS', '2.0', 'RU', 32],
    ])
  }
  return useApi(fill, { kafka: () => ({ ok: true as const, bounds: [logOf(0, 0, 100)] }) })
}
