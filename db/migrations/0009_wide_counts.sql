-- Counts, as the minutes of an hour and the hours of a day in one row each: a twentieth of the rows that a count a row
-- needs, so that a year of them is read at once. Only a rollup writes them (db/rollups/roll-up-counts.ts), one at a time, so there is
-- no need of a row a partition any more.
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

-- A count a row, for who compares them.
create view minute_count_entry as
  select dimension_set, hour, hour + make_interval(mins => slot.number::integer - 1) as bucket,
         device_type, app_version, locale, outcome, slot.logins
  from minute_count cross join unnest(array[
    m00, m01, m02, m03, m04, m05, m06, m07, m08, m09, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
    m23, m24, m25, m26, m27, m28, m29, m30, m31, m32, m33, m34, m35, m36, m37, m38, m39, m40, m41, m42, m43, m44, m45,
    m46, m47, m48, m49, m50, m51, m52, m53, m54, m55, m56, m57, m58, m59
  ]) with ordinality as slot (logins, number)
  where slot.logins <> 0;
create view hour_count_entry as
  select dimension_set, day, day + make_interval(hours => slot.number::integer - 1) as bucket,
         device_type, app_version, locale, outcome, slot.logins
  from hour_count cross join unnest(array[
    h00, h01, h02, h03, h04, h05, h06, h07, h08, h09, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22,
    h23
  ]) with ordinality as slot (logins, number)
  where slot.logins <> 0;

insert into minute_count
select dimension_set, date_trunc('hour', bucket, 'UTC'),
       case when dimension_set & 1 = 0 then '' else device_type end,
       case when dimension_set & 2 = 0 then '' else app_version end,
       case when dimension_set & 4 = 0 then '' else locale end,
       case when dimension_set & 8 = 0 then '' else outcome end,
       coalesce(sum(logins) filter (where minute = 0), 0), coalesce(sum(logins) filter (where minute = 1), 0),
       coalesce(sum(logins) filter (where minute = 2), 0), coalesce(sum(logins) filter (where minute = 3), 0),
       coalesce(sum(logins) filter (where minute = 4), 0), coalesce(sum(logins) filter (where minute = 5), 0),
       coalesce(sum(logins) filter (where minute = 6), 0), coalesce(sum(logins) filter (where minute = 7), 0),
       coalesce(sum(logins) filter (where minute = 8), 0), coalesce(sum(logins) filter (where minute = 9), 0),
       coalesce(sum(logins) filter (where minute = 10), 0), coalesce(sum(logins) filter (where minute = 11), 0),
       coalesce(sum(logins) filter (where minute = 12), 0), coalesce(sum(logins) filter (where minute = 13), 0),
       coalesce(sum(logins) filter (where minute = 14), 0), coalesce(sum(logins) filter (where minute = 15), 0),
       coalesce(sum(logins) filter (where minute = 16), 0), coalesce(sum(logins) filter (where minute = 17), 0),
       coalesce(sum(logins) filter (where minute = 18), 0), coalesce(sum(logins) filter (where minute = 19), 0),
       coalesce(sum(logins) filter (where minute = 20), 0), coalesce(sum(logins) filter (where minute = 21), 0),
       coalesce(sum(logins) filter (where minute = 22), 0), coalesce(sum(logins) filter (where minute = 23), 0),
       coalesce(sum(logins) filter (where minute = 24), 0), coalesce(sum(logins) filter (where minute = 25), 0),
       coalesce(sum(logins) filter (where minute = 26), 0), coalesce(sum(logins) filter (where minute = 27), 0),
       coalesce(sum(logins) filter (where minute = 28), 0), coalesce(sum(logins) filter (where minute = 29), 0),
       coalesce(sum(logins) filter (where minute = 30), 0), coalesce(sum(logins) filter (where minute = 31), 0),
       coalesce(sum(logins) filter (where minute = 32), 0), coalesce(sum(logins) filter (where minute = 33), 0),
       coalesce(sum(logins) filter (where minute = 34), 0), coalesce(sum(logins) filter (where minute = 35), 0),
       coalesce(sum(logins) filter (where minute = 36), 0), coalesce(sum(logins) filter (where minute = 37), 0),
       coalesce(sum(logins) filter (where minute = 38), 0), coalesce(sum(logins) filter (where minute = 39), 0),
       coalesce(sum(logins) filter (where minute = 40), 0), coalesce(sum(logins) filter (where minute = 41), 0),
       coalesce(sum(logins) filter (where minute = 42), 0), coalesce(sum(logins) filter (where minute = 43), 0),
       coalesce(sum(logins) filter (where minute = 44), 0), coalesce(sum(logins) filter (where minute = 45), 0),
       coalesce(sum(logins) filter (where minute = 46), 0), coalesce(sum(logins) filter (where minute = 47), 0),
       coalesce(sum(logins) filter (where minute = 48), 0), coalesce(sum(logins) filter (where minute = 49), 0),
       coalesce(sum(logins) filter (where minute = 50), 0), coalesce(sum(logins) filter (where minute = 51), 0),
       coalesce(sum(logins) filter (where minute = 52), 0), coalesce(sum(logins) filter (where minute = 53), 0),
       coalesce(sum(logins) filter (where minute = 54), 0), coalesce(sum(logins) filter (where minute = 55), 0),
       coalesce(sum(logins) filter (where minute = 56), 0), coalesce(sum(logins) filter (where minute = 57), 0),
       coalesce(sum(logins) filter (where minute = 58), 0), coalesce(sum(logins) filter (where minute = 59), 0)
from (
  select bucket, device_type, app_version, locale, outcome, logins,
         extract(minute from bucket at time zone 'UTC')::integer as minute
  from login_count where bucket_size = 'minute'
) as held, unnest(array[0, 8, 1, 2, 4, 9, 3, 10, 12, 5, 6, 15]) as dimension_set
group by 1, 2, 3, 4, 5, 6;

insert into hour_count
select dimension_set, date_trunc('day', bucket, 'UTC'),
       case when dimension_set & 1 = 0 then '' else device_type end,
       case when dimension_set & 2 = 0 then '' else app_version end,
       case when dimension_set & 4 = 0 then '' else locale end,
       case when dimension_set & 8 = 0 then '' else outcome end,
       coalesce(sum(logins) filter (where hour = 0), 0), coalesce(sum(logins) filter (where hour = 1), 0),
       coalesce(sum(logins) filter (where hour = 2), 0), coalesce(sum(logins) filter (where hour = 3), 0),
       coalesce(sum(logins) filter (where hour = 4), 0), coalesce(sum(logins) filter (where hour = 5), 0),
       coalesce(sum(logins) filter (where hour = 6), 0), coalesce(sum(logins) filter (where hour = 7), 0),
       coalesce(sum(logins) filter (where hour = 8), 0), coalesce(sum(logins) filter (where hour = 9), 0),
       coalesce(sum(logins) filter (where hour = 10), 0), coalesce(sum(logins) filter (where hour = 11), 0),
       coalesce(sum(logins) filter (where hour = 12), 0), coalesce(sum(logins) filter (where hour = 13), 0),
       coalesce(sum(logins) filter (where hour = 14), 0), coalesce(sum(logins) filter (where hour = 15), 0),
       coalesce(sum(logins) filter (where hour = 16), 0), coalesce(sum(logins) filter (where hour = 17), 0),
       coalesce(sum(logins) filter (where hour = 18), 0), coalesce(sum(logins) filter (where hour = 19), 0),
       coalesce(sum(logins) filter (where hour = 20), 0), coalesce(sum(logins) filter (where hour = 21), 0),
       coalesce(sum(logins) filter (where hour = 22), 0), coalesce(sum(logins) filter (where hour = 23), 0)
from (
  select bucket, device_type, app_version, locale, outcome, logins,
         extract(hour from bucket at time zone 'UTC')::integer as hour
  from login_count where bucket_size = 'hour'
) as held, unnest(array[0, 8, 1, 2, 4, 9, 3, 10, 12, 5, 6, 15]) as dimension_set
group by 1, 2, 3, 4, 5, 6;

drop view login_count_pending;
drop table login_count;
drop type bucket_size;
alter table pending_rollup drop column partition; -- a rollup takes those of all partitions

-- Whoever reads counts adds this, in the same snapshot. Offset 0 keeps the planner, which cannot know how few rows there
-- are at the moment, from reading all deltas.
create view login_count_pending as
  select bucket, device_type, app_version, locale, outcome, added.logins
  from pending_rollup pending
  cross join lateral (
    select * from login_count_delta where batch_id = pending.batch_id and revision = pending.revision offset 0
  ) as delta
  cross join unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
    as added (bucket, device_type, app_version, locale, outcome, logins);

-- What compared days with hours: days are the sum of their hours now.
update alert set cleared_at = clock_timestamp() where kind = 'day_count' and cleared_at is null;
