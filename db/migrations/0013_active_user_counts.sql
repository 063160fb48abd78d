-- How many users were active in a period, of which values: made from their bitmaps (db/rollups/active-user-counts.ts), of which those
-- of a year's days are hundreds of megabytes. There is a row for whatever has bitmaps; active is null where it is to be made.
create table active_user_count (
  period engagement_period not null,
  start date not null,
  facet engagement_facet not null,      -- not 'first'
  value text not null,
  active integer,
  new_users integer,                  -- of those: first day in the period
  returning_users integer,            -- of those: active in the period before, too
  primary key (period, start, facet, value),
  check (num_nulls(active, new_users, returning_users) in (0, 3))
);
create index active_user_count_open on active_user_count (start) where active is null;

insert into active_user_count (period, start, facet, value)
select distinct period, start, facet, value from engagement where kind = 'user' and facet <> 'first';
