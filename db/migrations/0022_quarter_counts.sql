-- Counts by quarters of an hour, the quarters of a day in a row, of the days before those that minutes are kept of (retention_bound):
-- days and months of zones such as Kolkata, Kathmandu or St. John's begin within an hour of UTC. Kept by the sets of dimensions
-- of hour_count, for ever. Retention adds minutes up here as it deletes them (db/rollups/roll-up-quarters.ts), a rollup what comes later.
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

-- A count a row, for who compares them.
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

-- Nobody rollups meanwhile: any version takes this lock.
select pg_advisory_xact_lock(7303015);
-- Minutes that were deleted before are in the deltas still.
create temporary table older_quarter on commit drop as
  select date_bin('15 minutes', bucket, timestamptz '1970-01-01Z') as quarter, device_type, app_version, locale, outcome,
         sum(logins) as logins
  from login_count_delta_entry as entry
  where bucket < (select kept_from from retention_bound where what = 'minute_count')
    and not exists (select from pending_rollup pending
                    where pending.batch_id = entry.batch_id and pending.revision = entry.revision)
  group by 1, 2, 3, 4, 5;
delete from minute_count where hour < (select kept_from from retention_bound where what = 'minute_count');
do $$
begin
  execute format(
    $insert$
      insert into quarter_count
      select dimension_set, date_trunc('day', quarter, 'UTC'),
             case when dimension_set & 1 = 0 then '' else device_type end,
             case when dimension_set & 2 = 0 then '' else app_version end,
             case when dimension_set & 4 = 0 then '' else locale end,
             case when dimension_set & 8 = 0 then '' else outcome end, %s
      from (select *, extract(hour from quarter at time zone 'UTC')::integer * 4 + extract(minute from quarter)::integer / 15
                      as slot
            from older_quarter) as held,
           unnest(array[0, 8, 1, 2, 4, 9, 3, 10, 12, 5, 6, 15]) as dimension_set
      group by 1, 2, 3, 4, 5, 6
    $insert$,
    (select string_agg(format('sum(logins) filter (where slot = %s)', slot), ', ' order by slot)
     from generate_series(0, 95) as slot));
end $$;

-- What was written is added up by quarters, too; made anew from the deltas. Under another name, so that code which takes them for
-- hours fails.
lock table written_count, pending_commit_rollup in access exclusive mode;
create temporary table rolled_hour on commit drop as select start from written_count where minutes = 60;
truncate written_count;
alter table written_count rename column buckets to quarters;
insert into written_count (minutes, start, quarters, device_types, app_versions, locales, outcomes, logins)
select 5, start, array_agg(quarter), array_agg(device_type), array_agg(app_version), array_agg(locale), array_agg(outcome),
       array_agg(logins)
from (
  select date_bin('5 minutes', committed_at, timestamptz '2000-01-01Z') as start,
         date_bin('15 minutes', bucket, timestamptz '1970-01-01Z') as quarter,
         device_type, app_version, locale, outcome, sum(logins)::bigint as logins
  from login_count_delta_entry as entry join revision_written using (batch_id, revision)
  where not exists (select from pending_commit_rollup pending
                    where pending.batch_id = entry.batch_id and pending.revision = entry.revision)
  group by 1, 2, 3, 4, 5, 6
) as counts
group by start;
insert into written_count (minutes, start, quarters, device_types, app_versions, locales, outcomes, logins)
select 60, hour, array_agg(quarter), array_agg(device_type), array_agg(app_version), array_agg(locale), array_agg(outcome),
       array_agg(logins)
from (
  select rolled_hour.start as hour, added.quarter, device_type, app_version, locale, outcome, sum(added.logins)::bigint as logins
  from rolled_hour
  join written_count held on held.start >= rolled_hour.start and held.start < rolled_hour.start + interval '1 hour'
  cross join unnest(held.quarters, held.device_types, held.app_versions, held.locales, held.outcomes, held.logins)
    as added (quarter, device_type, app_version, locale, outcome, logins)
  group by 1, 2, 3, 4, 5, 6
) as counts
group by hour;

-- Since when logins are kept as rows: a day that was dropped comes back empty when retention is raised.
alter table retention_bound
  drop constraint retention_bound_what_check,
  add constraint retention_bound_what_check check (what in ('minute_count', 'login'));
insert into retention_bound (what, kept_from)
select 'login', coalesce(
  (select to_date(substring(min(relid::regclass::text) from '[0-9]{4}_[0-9]{2}_[0-9]{2}$'), 'YYYY_MM_DD')::timestamptz
   from pg_partition_tree('login') where level > 0),
  date_trunc('day', clock_timestamp(), 'UTC') + interval '24 hours')
where exists (select from batch);
