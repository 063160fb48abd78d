-- When a bound of retention moved, so that a difference between two answers can be told from it (api/pipeline/explain-difference.ts).
-- A row a day for each; only db/login-rows/retention-bound.ts writes them.
create table retention_move (
  what text not null,                 -- as in retention_bound
  kept_from timestamptz not null,
  moved_at timestamptz not null default clock_timestamp(),
  primary key (what, kept_from)
);
