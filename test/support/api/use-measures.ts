import type { Sql } from '../../../db/connection/connect.ts'
import { rollUpCounts } from '../../../db/rollups/roll-up-counts.ts'
import { logOf } from '../../../domain/pipeline/partition-log-fixture.ts'
import { insertBatches, insertCheckpoint } from './api-rows.ts'
import { useApi } from './use-api.ts'

/** The arguments of the day on which most of these attempts are. */
export const DAY = 'from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z"'

/** For the tests of a file: an API on the counts of two batches, of which the second is not rolled up. Its clock stands at 12:00:30. */
export function useMeasures() {
  const api = useApi(fill, { kafka: () => ({ ok: true as const, bounds: [logOf(0, 0, 300)] }) })
  return {
    ...api,
    /** The answer to `measures` with these arguments. */
    measures: <T>(args: string, fields: string) => api.field<T>(`{ measures(${args}) { ${fields} } }`),
  }
}

async function fill(sql: Sql): Promise<void> {
  await insertCheckpoint(sql, 0, 300, '2026-03-01T12:00:20Z')
  await insertCounted(sql, 1, [
    ['2026-02-22T10:07:00Z', 'iOS', '1.9.0', 'TX', 'success', 5],
    ['2026-02-28T23:59:00Z', 'android', '2.9.0', 'CA', 'success', 1],
    ['2026-03-01T00:00:00Z', 'iOS', '2.9.0', 'CA', 'failure', 2],
    ['2026-03-01T10:15:00Z', 'android', '2.10.0', 'NY', 'success', 36],
  ])
  await rollUpCounts(sql, 'user-login')
  await insertCounted(sql, 2, [
    ['2026-03-01T10:45:00Z', 'iOS', '2.10.0', 'TX', 'failure', 8],
    ['2026-03-01T11:00:00Z', 'unknown', '2.10.0', 'NY', 'unknown', 16],
    ['2026-03-01T11:30:00Z', 'unknown', 'dev', 'NY', 'failure', 4],
  ])
}

type Count = [
  minute: string,
  deviceType: string,
  version: string,
  locale: string,
  outcome: string,
  attempts: number,
]

/** A batch with these counts, not rolled up. */
async function insertCounted(sql: Sql, id: number, counts: readonly Count[]): Promise<void> {
  const committedAt = '2026-03-01T11:59:00Z'
  await insertBatches(sql, [{ id, from: id * 100, to: id * 100 + 100, committedAt }])
  const column = (place: number) => counts.map((one) => String(one[place]))
  await sql`
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${id}, ${column(0)}::text[]::timestamptz[], ${column(1)}::text[], ${column(2)}::text[], ${column(3)}::text[],
            ${column(4)}::text[], ${column(5)}::bigint[])`
  await sql`insert into pending_rollup (batch_id, topic) values (${id}, 'user-login')`
  await sql`insert into pending_commit_rollup (batch_id, revision) values (${id}, 0)`
}
