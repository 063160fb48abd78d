import type { Sql } from '../../../db/connection/connect.ts'
import { rollUpCounts } from '../../../db/rollups/roll-up-counts.ts'
import { createLoginDays } from '../../../db/login-rows/login-partitions.ts'

const TOPIC = 'user-login'
const BATCHES_PER_MINUTE = 5
const MINUTES = 30 * 24 * 60

export const BATCHES_OF_A_MONTH = BATCHES_PER_MINUTE * MINUTES

/** Where the month lies in the ledger of partition 0. */
type Place = { fromOffset: number; firstId: number }

/**
 * What a quiet month leaves in the ledger and in the counts, all in step: every 12 seconds one login in a batch of its own, in
 * partition 0, counted as it arrived. Its days are kept, and none of its logins has a row. The checkpoint is the caller's.
 * @param until ISO 8601, the end of the month, on a whole minute
 */
export async function insertMonth(
  sql: Sql,
  until: string,
  { fromOffset, firstId }: Place = { fromOffset: 0, firstId: 0 },
): Promise<void> {
  const at = sql`${until}::text::timestamptz - ${MINUTES} * interval '1 minute' + n * ${60 / BATCHES_PER_MINUTE} * interval '1 second'`
  await sql`
    insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                       first_event_at, last_event_at, processed_at, committed_at, code_version)
    select ${firstId}::integer + n, ${TOPIC}, 0, ${fromOffset}::integer + n, ${fromOffset}::integer + n + 1, 'committed', 1, 0, 0,
           0, ${at}, ${at}, ${at}, ${at}, 'test'
    from generate_series(0, ${BATCHES_OF_A_MONTH - 1}::integer) as n`
  const ofMonth = sql`from batch where id >= ${firstId} and id < ${firstId + BATCHES_OF_A_MONTH}`
  await sql`
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
    select id, array[date_trunc('minute', committed_at, 'UTC')], array['iOS'], array['1.0'], array['CA'], array['success'],
           array[1::bigint]
    ${ofMonth}`
  await sql`insert into pending_rollup (batch_id, topic) select id, ${TOPIC} ${ofMonth}`
  await rollUpCounts(sql, TOPIC)
  for (const minutes of [5, 60]) await insertWritten(sql, minutes, firstId)
  await createLoginDays(sql, Date.parse(until), 30)
  await sql`analyze`
}

const insertWritten = (sql: Sql, minutes: number, firstId: number) => sql`
  insert into written_count (minutes, start, quarters, device_types, app_versions, locales, outcomes, logins)
  select ${minutes}::smallint, start, array_agg(quarter), array_agg('iOS'::text), array_agg('1.0'::text),
         array_agg('CA'::text), array_agg('success'::text), array_agg(logins)
  from (
    select date_bin(${minutes} * interval '1 minute', committed_at, timestamptz '2000-01-01Z') as start,
           date_bin(interval '15 minutes', committed_at, timestamptz '2000-01-01Z') as quarter, count(*) as logins
    from batch where id >= ${firstId} and id < ${firstId + BATCHES_OF_A_MONTH} group by 1, 2
  ) as written
  group by start
  on conflict do nothing`
