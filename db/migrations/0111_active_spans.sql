-- Users who logged in (and did not fail) during days of any time zone, made of hour_login once a day
-- (db/rollups/make-active-spans.ts).

-- The quarter of an hour (UTC) of a user's first login. Null: there is none, or it was before the bound 'first_seen'.
alter table app_user add first_login_at timestamptz;

-- Whose first login is in a quarter of an hour; kept for ever. Only db/rollups/index-logins.ts writes it.
create table first_seen (
  quarter timestamptz primary key,
  users bytea not null                -- numbers, 4 bytes each, the highest first
);
alter table first_seen alter column users set storage external;

-- Of logins that are counted already only the day is known: quarters begin with the first day that has none of them.
insert into retention_bound (what, kept_from)
select 'first_seen', date_trunc('day', clock_timestamp() + interval '1 hour', 'UTC') + interval '24 hours'
where exists (select from batch);

-- How many users were active in the days that begin with each of the 96 quarters of a day, of which values. Values of few logins have
-- no rows: their sets are small.
create table active_span (
  facet engagement_facet not null,    -- not 'first'
  value text not null,
  days smallint not null,             -- length (domain/engagement/active-spans.ts)
  day date not null,                  -- UTC, of the quarters
  active integer[] not null,
  new_users integer[],                -- of those: first login in the span; null before the bound 'first_seen'
  primary key (facet, value, days, day)
);
create index active_span_day on active_span (day, days);

-- The days that are over, from the first one that is made on. A span is what hour_login says only if made = changes for all days
-- that it touches: a login that is indexed later changes its day.
create table span_day (
  day date primary key,
  changes integer not null default 1,
  made integer,                       -- changes that are in the spans; null: none
  changed_at timestamptz              -- of the first change that is not in the spans; null: of the day's end
);
