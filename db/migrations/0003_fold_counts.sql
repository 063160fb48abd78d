-- Batches whose delta login_count does not have yet: it takes several at once, some batches later (db/rollups/roll-up-counts.ts).
-- A few rows that come and go, so no index; vacuumed often, because replicas read past what is dead.
create table pending_rollup (
  batch_id bigint not null,
  topic text not null,
  partition integer not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

-- Whoever reads login_count adds this, in the same snapshot. Offset 0 keeps the planner, which cannot know how few rows
-- there are at the moment, from reading all deltas.
create view login_count_pending as
  select bucket, device_type, app_version, locale, outcome, pending.partition as shard, added.logins
  from pending_rollup pending
  cross join lateral (select * from login_count_delta where batch_id = pending.batch_id offset 0) as delta
  cross join unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
    as added (bucket, device_type, app_version, locale, outcome, logins);
