-- From when on something is kept (db/rollups/retention.ts); no row: since ever. Questions that need more are refused.
create table retention_bound (
  what text primary key check (what in ('minute_count')),
  kept_from timestamptz not null      -- start of a day, UTC; never moves back
);
