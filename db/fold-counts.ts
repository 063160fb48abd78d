import type { PartitionKey } from './checkpoint.ts'
import type { Sql } from './connect.ts'

/**
 * Adds the deltas of a partition's batches that `login_count` does not have yet to its minutes, hours and days. Batches
 * that follow each other share most of their buckets, so folding several at once updates a fraction of the rows.
 * Right whoever calls it, and how often: a batch leaves `unfolded_batch` in the statement that counts it, and its row
 * lock makes a second caller find nothing left.
 */
export async function foldCounts(sql: Sql, { topic, partition }: PartitionKey): Promise<void> {
  await sql`/* foldCounts */
    with folded as (
      delete from unfolded_batch where topic = ${topic} and partition = ${partition}
      returning batch_id, revision
    ), minutes as materialized (
      select bucket, device_type, app_version, locale, outcome, sum(entry.logins) as logins
      from folded join login_count_delta_entry entry using (batch_id, revision)
      group by bucket, device_type, app_version, locale, outcome
    ), sized as (
      select 'minute'::bucket_size as bucket_size, minutes.* from minutes
      union all
      select size::bucket_size, date_trunc(size, bucket, 'UTC') as start, device_type, app_version, locale, outcome, sum(logins)
      from minutes, unnest(array['hour', 'day']) as size
      group by size, start, device_type, app_version, locale, outcome
    )
    insert into login_count as held
      (bucket_size, bucket, device_type, app_version, locale, outcome, shard, logins)
    select bucket_size, bucket, device_type, app_version, locale, outcome, ${partition}::integer, logins
    from sized
    on conflict (bucket_size, bucket, device_type, app_version, locale, outcome, shard)
      do update set logins = held.logins + excluded.logins`
}
