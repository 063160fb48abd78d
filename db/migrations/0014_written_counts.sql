-- What all batches and revisions added to hours that were written in a stretch of time: 5 minutes, and whole hours of them.
-- Counts of the past are made of them (db/read/counts/count-moment.ts), of deltas only what is at the edges. db/rollups/roll-up-by-commit-time.ts.
create table written_count (
  minutes smallint not null check (minutes in (5, 60)),
  start timestamptz not null,
  buckets timestamptz[] not null,     -- hours, UTC; all arrays in step, as in login_count_delta
  device_types text[] not null,
  app_versions text[] not null,
  locales text[] not null,
  outcomes text[] not null,
  logins bigint[] not null,
  primary key (minutes, start)
);

-- Batches and revisions that are in no row of it yet; vacuumed often, as pending_rollup.
create table pending_commit_rollup (
  batch_id bigint not null,
  revision integer not null,
  primary key (batch_id, revision)
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

insert into pending_commit_rollup select batch_id, revision from login_count_delta;

-- When each was written.
create view revision_written as
  select id as batch_id, 0 as revision, committed_at from batch
  union all
  select batch_id, revision, committed_at from batch_revision;
create index batch_revision_committed_at on batch_revision (committed_at);
