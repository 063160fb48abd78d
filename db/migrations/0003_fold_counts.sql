-- Batches whose delta login_count does not have yet: it takes several at once, some batches later (db/rollups/roll-up-counts.ts).
-- A few rows that come and go, so no index; vacuumed often, because replicas read past what is dead.
create table unfolded_batch (
  batch_id bigint not null,
  topic text not null,
  partition integer not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

-- Whoever reads login_count adds this, in the same snapshot. Offset 0 keeps the planner, which cannot know how few rows
-- there are at the moment, from reading all deltas.
create view login_count_unfolded as
  select bucket, device_type, app_version, locale, outcome, unfolded.partition as shard, added.logins
  from unfolded_batch unfolded
  cross join lateral (select * from login_count_delta where batch_id = unfolded.batch_id offset 0) as delta
  cross join unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
    as added (bucket, device_type, app_version, locale, outcome, logins);
