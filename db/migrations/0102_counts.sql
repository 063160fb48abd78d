-- How many logins, by time and dimensions. A batch leaves a delta; rollups add deltas up (db/rollups/).

-- Append-only: what each batch, and each revision of it, added to minutes, as parallel arrays: one row a batch keeps ingestion
-- independent of the number of buckets.
create table login_count_delta (
  batch_id bigint not null references batch (id),
  revision integer not null default 0,
  buckets timestamptz[] not null,     -- minutes, UTC
  device_types text[] not null,
  app_versions text[] not null,
  locales text[] not null,
  outcomes text[] not null,
  logins bigint[] not null,
  -- How the logins arrived: by class of lateness and of delay (domain/engagement/arrival.ts), as of counted_at, which of a
  -- replay is later than the batch. Null: not known.
  counted_at timestamptz,
  out_of_order integer,
  lateness integer[],
  delays integer[],
  primary key (batch_id, revision)
);
-- From a bucket to the batches that counted into it. One key a distinct minute of a batch, so it stays small; written at
-- once, because replicas cannot clean up a list of pending entries and every search would walk it.
create index login_count_delta_buckets on login_count_delta using gin (buckets) with (fastupdate = off);

create view login_count_delta_entry as
  select batch_id, bucket, device_type, app_version, locale, outcome, added.logins, revision
  from login_count_delta delta,
       unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
         as added (bucket, device_type, app_version, locale, outcome, logins);

-- Batches whose deltas the counts do not have yet: a rollup takes several at once, some batches later
-- (db/rollups/roll-up-counts.ts). A few rows that come and go, so no index; vacuumed often, because replicas read past what is dead.
create table pending_rollup (
  batch_id bigint not null,
  topic text not null,
  revision integer not null default 0
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

-- Whoever reads counts adds this, in the same snapshot. Offset 0 keeps the planner, which cannot know how few rows there
-- are at the moment, from reading all deltas.
create view login_count_pending as
  select bucket, device_type, app_version, locale, outcome, added.logins
  from pending_rollup pending
  cross join lateral (
    select buckets, device_types, app_versions, locales, outcomes, logins from login_count_delta
    where batch_id = pending.batch_id and revision = pending.revision offset 0
  ) as delta
  cross join unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
    as added (bucket, device_type, app_version, locale, outcome, logins);

-- Counts, as the minutes of an hour and the hours or quarters of a day in one row each: a twentieth of the rows that a count a row
-- needs, so that a year of them is read at once. Only rollups write them, one at a time.
-- dimension_set says what a row is counted by, a bit a dimension: 1 device type, 2 app version, 4 locale, 8 outcome; the
-- others are ''. Questions read the smallest set that has what they group and filter by (domain/counts/counts.ts).
-- A slot holds up to 2^31 - 1 logins; integers, because sums over them are quick.
create table minute_count (
  dimension_set smallint not null,
  hour timestamptz not null,          -- UTC
  device_type text not null,
  app_version text not null,
  locale text not null,
  outcome text not null,
  m00 integer not null default 0, m01 integer not null default 0, m02 integer not null default 0,
  m03 integer not null default 0, m04 integer not null default 0, m05 integer not null default 0,
  m06 integer not null default 0, m07 integer not null default 0, m08 integer not null default 0,
  m09 integer not null default 0, m10 integer not null default 0, m11 integer not null default 0,
  m12 integer not null default 0, m13 integer not null default 0, m14 integer not null default 0,
  m15 integer not null default 0, m16 integer not null default 0, m17 integer not null default 0,
  m18 integer not null default 0, m19 integer not null default 0, m20 integer not null default 0,
  m21 integer not null default 0, m22 integer not null default 0, m23 integer not null default 0,
  m24 integer not null default 0, m25 integer not null default 0, m26 integer not null default 0,
  m27 integer not null default 0, m28 integer not null default 0, m29 integer not null default 0,
  m30 integer not null default 0, m31 integer not null default 0, m32 integer not null default 0,
  m33 integer not null default 0, m34 integer not null default 0, m35 integer not null default 0,
  m36 integer not null default 0, m37 integer not null default 0, m38 integer not null default 0,
  m39 integer not null default 0, m40 integer not null default 0, m41 integer not null default 0,
  m42 integer not null default 0, m43 integer not null default 0, m44 integer not null default 0,
  m45 integer not null default 0, m46 integer not null default 0, m47 integer not null default 0,
  m48 integer not null default 0, m49 integer not null default 0, m50 integer not null default 0,
  m51 integer not null default 0, m52 integer not null default 0, m53 integer not null default 0,
  m54 integer not null default 0, m55 integer not null default 0, m56 integer not null default 0,
  m57 integer not null default 0, m58 integer not null default 0, m59 integer not null default 0,
  primary key (dimension_set, hour, device_type, app_version, locale, outcome)
) with (fillfactor = 80);             -- counters are updated in place (HOT)

create table hour_count (
  dimension_set smallint not null,
  day timestamptz not null,           -- UTC
  device_type text not null,
  app_version text not null,
  locale text not null,
  outcome text not null,
  h00 integer not null default 0, h01 integer not null default 0, h02 integer not null default 0,
  h03 integer not null default 0, h04 integer not null default 0, h05 integer not null default 0,
  h06 integer not null default 0, h07 integer not null default 0, h08 integer not null default 0,
  h09 integer not null default 0, h10 integer not null default 0, h11 integer not null default 0,
  h12 integer not null default 0, h13 integer not null default 0, h14 integer not null default 0,
  h15 integer not null default 0, h16 integer not null default 0, h17 integer not null default 0,
  h18 integer not null default 0, h19 integer not null default 0, h20 integer not null default 0,
  h21 integer not null default 0, h22 integer not null default 0, h23 integer not null default 0,
  primary key (dimension_set, day, device_type, app_version, locale, outcome)
) with (fillfactor = 80);

-- Quarters of an hour of the days before those that minutes are kept of (retention_bound): days and months of zones such as
-- Kolkata, Kathmandu or St. John's begin within an hour of UTC. Kept for ever. Retention adds minutes up here as it deletes
-- them (db/rollups/roll-up-quarters.ts), a rollup what comes later.
create table quarter_count (
  dimension_set smallint not null,
  day timestamptz not null,           -- UTC
  device_type text not null,
  app_version text not null,
  locale text not null,
  outcome text not null,
  -- Null: no logins. Most are, and take a bit.
  q00 integer, q01 integer, q02 integer, q03 integer, q04 integer, q05 integer, q06 integer, q07 integer,
  q08 integer, q09 integer, q10 integer, q11 integer, q12 integer, q13 integer, q14 integer, q15 integer,
  q16 integer, q17 integer, q18 integer, q19 integer, q20 integer, q21 integer, q22 integer, q23 integer,
  q24 integer, q25 integer, q26 integer, q27 integer, q28 integer, q29 integer, q30 integer, q31 integer,
  q32 integer, q33 integer, q34 integer, q35 integer, q36 integer, q37 integer, q38 integer, q39 integer,
  q40 integer, q41 integer, q42 integer, q43 integer, q44 integer, q45 integer, q46 integer, q47 integer,
  q48 integer, q49 integer, q50 integer, q51 integer, q52 integer, q53 integer, q54 integer, q55 integer,
  q56 integer, q57 integer, q58 integer, q59 integer, q60 integer, q61 integer, q62 integer, q63 integer,
  q64 integer, q65 integer, q66 integer, q67 integer, q68 integer, q69 integer, q70 integer, q71 integer,
  q72 integer, q73 integer, q74 integer, q75 integer, q76 integer, q77 integer, q78 integer, q79 integer,
  q80 integer, q81 integer, q82 integer, q83 integer, q84 integer, q85 integer, q86 integer, q87 integer,
  q88 integer, q89 integer, q90 integer, q91 integer, q92 integer, q93 integer, q94 integer, q95 integer,
  primary key (dimension_set, day, device_type, app_version, locale, outcome)
) with (fillfactor = 80);

-- Whole months (UTC) that are over, made of their hours (db/rollups/roll-up-months.ts): long ranges by three or more dimensions are
-- a million rows of hours. Only months in rolled_up_month are whole; a rollup takes those out that it changes.
create table month_count (
  dimension_set smallint not null,
  month timestamptz not null,
  device_type text not null,
  app_version text not null,
  locale text not null,
  outcome text not null,
  logins bigint not null,
  primary key (dimension_set, month, device_type, app_version, locale, outcome)
);
create table rolled_up_month (month timestamptz primary key);

-- A count a row, for who compares them.
create view minute_count_entry as
  select dimension_set, hour, hour + make_interval(mins => slot.number::integer - 1) as bucket,
         device_type, app_version, locale, outcome, slot.logins
  from minute_count cross join unnest(array[
    m00, m01, m02, m03, m04, m05, m06, m07, m08, m09, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19,
    m20, m21, m22, m23, m24, m25, m26, m27, m28, m29, m30, m31, m32, m33, m34, m35, m36, m37, m38, m39,
    m40, m41, m42, m43, m44, m45, m46, m47, m48, m49, m50, m51, m52, m53, m54, m55, m56, m57, m58, m59
  ]) with ordinality as slot (logins, number)
  where slot.logins <> 0;
create view hour_count_entry as
  select dimension_set, day, day + make_interval(hours => slot.number::integer - 1) as bucket,
         device_type, app_version, locale, outcome, slot.logins
  from hour_count cross join unnest(array[
    h00, h01, h02, h03, h04, h05, h06, h07, h08, h09, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23
  ]) with ordinality as slot (logins, number)
  where slot.logins <> 0;
create view quarter_count_entry as
  select dimension_set, day, day + make_interval(mins => 15 * (slot.number::integer - 1)) as bucket,
         device_type, app_version, locale, outcome, slot.logins
  from quarter_count cross join unnest(array[
    q00, q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11, q12, q13, q14, q15, q16, q17, q18, q19,
    q20, q21, q22, q23, q24, q25, q26, q27, q28, q29, q30, q31, q32, q33, q34, q35, q36, q37, q38, q39,
    q40, q41, q42, q43, q44, q45, q46, q47, q48, q49, q50, q51, q52, q53, q54, q55, q56, q57, q58, q59,
    q60, q61, q62, q63, q64, q65, q66, q67, q68, q69, q70, q71, q72, q73, q74, q75, q76, q77, q78, q79,
    q80, q81, q82, q83, q84, q85, q86, q87, q88, q89, q90, q91, q92, q93, q94, q95
  ]) with ordinality as slot (logins, number)
  where slot.logins <> 0;

-- From when on something is kept (db/rollups/retention.ts); no row: since ever. Questions that need more are refused.
create table retention_bound (
  what text primary key check (what in ('minute_count', 'login')),
  kept_from timestamptz not null      -- start of a day, UTC; never moves back
);

-- How logins arrived, by when they were counted; rolled up with the counts. Every time zone is a multiple of its buckets away.
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
