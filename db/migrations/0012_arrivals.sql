-- How the logins of a batch arrived: by class of lateness and of delay (domain/engagement/arrival.ts), as of
-- counted_at, which of a replay is later than the batch. Null:
-- counted before this was kept.
alter table login_count_delta
  add column counted_at timestamptz,
  add column out_of_order integer,
  add column lateness integer[],
  add column delays integer[];

-- The same, by when logins were counted; rolled up with the counts. Every time zone is a multiple of its buckets away.
create table arrival_count (
  quarter timestamptz primary key,    -- start of 15 minutes, UTC
  out_of_order bigint not null,
  lateness bigint[] not null,         -- logins by class
  delays bigint[] not null
) with (fillfactor = 50);

-- A batch a row, of those that are not rolled up yet.
create view arrival_pending as
  select date_bin('15 minutes', delta.counted_at, '2000-01-01Z') as quarter,
         delta.out_of_order, delta.lateness, delta.delays
  from pending_rollup pending
  cross join lateral (
    select * from login_count_delta where batch_id = pending.batch_id and revision = pending.revision offset 0
  ) as delta
  where delta.counted_at is not null;
