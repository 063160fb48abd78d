-- Counts as of a moment of the past: what was written when (db/rollups/roll-up-by-commit-time.ts, db/read/counts/count-moment.ts).

-- What all batches and revisions that were written in a stretch of time, 5 minutes or a whole hour of them, added to quarters of
-- hours. Of deltas only what is at the edges is read.
create table written_count (
  minutes smallint not null check (minutes in (5, 60)),
  start timestamptz not null,
  quarters timestamptz[] not null,    -- UTC; all arrays in step, as in login_count_delta
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
