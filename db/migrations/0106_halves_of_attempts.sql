-- Users, devices and addresses are kept for logins, which are the attempts that did not fail, and for failures
-- (domain/sightings/attempts.ts): an attack of failures must not change who is active or new.

-- 'all' only where it is no union of the two: who was first seen when, and counts of users.
create type engagement_attempts as enum ('logins', 'failures', 'all');

drop view engagement;
alter table engagement_chunk
  add attempts engagement_attempts not null default 'logins',
  add check (attempts <> 'all' or facet = 'first'),
  drop constraint engagement_chunk_pkey;
alter table engagement_chunk
  alter attempts drop default,
  add primary key (kind, period, facet, attempts, value, start, chunk);
create view engagement as
  select kind, period, facet, attempts, value, start, chunk, coalesce(members, few_members) as members from engagement_chunk;

alter table active_user_count
  add attempts engagement_attempts not null default 'logins',
  drop constraint active_user_count_pkey;
alter table active_user_count
  alter attempts drop default,
  add primary key (period, start, facet, attempts, value);

alter table hour_member add attempts engagement_attempts not null default 'logins', drop constraint hour_member_pkey;
alter table hour_member alter attempts drop default, add primary key (hour, kind, attempts);
drop view six_hour_member;
alter table six_hour_chunk add attempts engagement_attempts not null default 'logins', drop constraint six_hour_chunk_pkey;
alter table six_hour_chunk alter attempts drop default, add primary key (kind, attempts, start, chunk);
create view six_hour_member as
  select kind, attempts, start, chunk, coalesce(members, few_members) as members from six_hour_chunk;

-- The first day of all is the earlier one.
alter table app_user rename first_day to first_login_day;
alter table device rename first_day to first_login_day;
alter table address rename first_day to first_login_day;
alter table app_user add first_failure_day date, alter first_login_day drop not null,
  add check (num_nonnulls(first_login_day, first_failure_day) > 0);
alter table device add first_failure_day date, alter first_login_day drop not null,
  add check (num_nonnulls(first_login_day, first_failure_day) > 0);
alter table address add first_failure_day date, alter first_login_day drop not null,
  add check (num_nonnulls(first_login_day, first_failure_day) > 0);

-- A day, too, from which on the halves of devices, of addresses and of users by value are exact: before it, 'logins' has all
-- attempts. No row: they always are.
alter table retention_bound drop constraint retention_bound_what_check,
  add check (what in ('minute_count', 'login', 'attempt_halves'));

-- What was kept until now is of all attempts. Where none failed, these are the logins.
insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members, few_members)
select kind, period, facet, 'all', value, start, chunk, members, few_members from engagement_chunk where facet = 'first';

-- Where some failed, the bitmaps of outcomes tell the halves of all users apart, for every day, week and month: who was active
-- in each, and so who was first seen when.
do $$
begin
  if not exists (select from engagement_chunk where facet = 'outcome' and value = 'failure')
    and not exists (
      select from sighting_delta, json_array_elements(sightings) as sighted (by_name)
      where by_name -> 'values' ->> 3 = 'failure')
  then return; end if;

  -- Who was active.
  update engagement_chunk set attempts = 'failures' where facet = 'outcome' and value = 'failure';
  delete from engagement_chunk where kind = 'user' and (facet = 'all' or (facet = 'first' and attempts = 'logins'));
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members, few_members)
  select 'user', period, 'all', attempts, '', start, chunk,
         case when bit_count(bits) > 64 then bits end, case when bit_count(bits) <= 64 then bits end
  from (
    select period, attempts, start, chunk, bit_or(members) as bits
    from engagement where kind = 'user' and facet = 'outcome' group by 1, 2, 3, 4
  ) as active;

  -- Who was first seen on a day: on none before it.
  create temporary table seen_first on commit drop as
  select attempts, start, chunk, members
  from (
    select attempts, start, chunk, members & ~ coalesce(
             bit_or(members) over (partition by attempts, chunk order by start rows between unbounded preceding and 1 preceding),
             repeat('0', 32768)::bit(32768)) as members
    from engagement where kind = 'user' and period = 'day' and facet = 'all'
  ) as seen
  where bit_count(members) > 0;
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members, few_members)
  select 'user', period::engagement_period, 'first', attempts, '', start, chunk,
         case when bit_count(bits) > 64 then bits end, case when bit_count(bits) <= 64 then bits end
  from (
    select period, attempts, date_trunc(period, start)::date as start, chunk, bit_or(members) as bits
    from seen_first, unnest('{day,week,month}'::text[]) as period group by 1, 2, 3, 4
  ) as first;

  -- First days of those who failed: those of the others are right.
  create temporary table first_day_of_failed on commit drop as
  select attempts, start, chunk * 32768 + piece * 256 + place as number
  from (
    select attempts, start, chunk, seen_first.members & failed.members as members
    from seen_first
    join (select chunk, bit_or(members) as members from seen_first where attempts = 'failures' group by chunk) as failed
      using (chunk)
    offset 0
  ) as seen
  cross join generate_series(0, 127) as piece
  cross join lateral (select substring(members from piece * 256 + 1 for 256) as bits offset 0) as part
  cross join generate_series(0, 255) as place
  where bit_count(members) > 0 and bit_count(bits) > 0 and get_bit(bits, place) = 1;
  analyze first_day_of_failed;
  update app_user held
  set first_failure_day = failed.start, first_login_day = logged.start
  from first_day_of_failed as failed
  left join first_day_of_failed as logged on logged.attempts = 'logins' and logged.number = failed.number
  where failed.attempts = 'failures' and held.number = failed.number;

  -- Counts that were made are of all attempts; those of the halves are made anew.
  insert into active_user_count (period, start, facet, attempts, value, active, new_users, returning_users)
  select period, start, facet, 'all', value, active, new_users, returning_users from active_user_count;
  delete from active_user_count where attempts = 'logins';
  insert into active_user_count (period, start, facet, attempts, value)
  select distinct period, start, facet, attempts, value from engagement_chunk where kind = 'user' and facet <> 'first';

  -- Hours have all attempts in one set: they are made anew from the rows of logins (db/rollups/index-logins.ts).
  delete from hour_login;
  delete from hour_member;
  delete from six_hour_chunk;
  insert into unindexed_batch
  select id, revision from batch
  where login_rows > 0 and id not in (select batch_id from pending_commit_rollup union all select batch_id from unindexed_batch)
    and last_event_at >= coalesce((select kept_from from retention_bound where what = 'login'), '-infinity');

  insert into retention_bound (what, kept_from)
  select 'attempt_halves', max(day + 1)::timestamp at time zone 'UTC'
  from (
    select max(start) as day from engagement_chunk where kind = 'user' and period = 'day' and facet = 'all'
    union all
    select date '1970-01-01' + (by_name ->> 'day')::integer from sighting_delta, json_array_elements(sightings) as sighted (by_name)
  ) as days;
end $$;
