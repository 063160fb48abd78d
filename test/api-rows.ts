import type { Sql } from '../db/connect.ts'

type CountEntry = [minute: string, deviceType: string, appVersion: string, locale: string, logins: number]

/** Counts as ingestion keeps them: each minute also in its hour and its day. */
export async function insertCounts(sql: Sql, entries: CountEntry[], shard = 0): Promise<void> {
  for (const [minute, deviceType, appVersion, locale, logins] of entries) {
    for (const size of ['minute', 'hour', 'day']) {
      await sql`
        insert into login_count
        values (${size}::text::bucket_size, date_trunc(${size}, ${minute}::text::timestamptz, 'UTC'), ${deviceType},
                ${appVersion}, ${locale}, 'unknown', ${shard}, ${logins})
        on conflict (bucket_size, bucket, device_type, app_version, locale, outcome, shard)
          do update set logins = login_count.logins + excluded.logins`
    }
  }
}

export async function insertCheckpoint(
  sql: Sql,
  partition: number,
  nextOffset: number,
  watermark: string | null,
): Promise<void> {
  await sql`
    insert into partition_checkpoint
      (topic, partition, topic_id, next_offset, published_offset, logins, rejects, epoch, worker, watermark,
       unfinished_insight, claimed_at, updated_at)
    values ('user-login', ${partition}, gen_random_uuid(), ${nextOffset}, ${nextOffset}, ${nextOffset}, 0, 1, 'worker-a',
            ${watermark}::text::timestamptz, '{}', now(), now())`
}

export type BatchEntry = {
  id: number
  partition?: number
  from: number
  to: number
  status?: string
  committedAt: string
}

export async function insertBatches(sql: Sql, batches: BatchEntry[]): Promise<void> {
  for (const { id, partition = 0, from, to, status = 'committed', committedAt } of batches) {
    await sql`
      insert into batch (id, topic, partition, from_offset, to_offset, status, logins, rejects, gaps, login_rows,
                         processed_at, committed_at, code_version)
      values (${id}, 'user-login', ${partition}, ${from}, ${to}, ${status}, ${to - from}, 0, 0, 0,
              ${committedAt}::text::timestamptz, ${committedAt}::text::timestamptz, 'test')`
  }
}
