-- The lists of logins by hour (0105) outlive the rows of logins: they are kept for SET_RETENTION_DAYS, from the bound
-- 'hour_login' on.
alter table retention_bound drop constraint retention_bound_what_check;

-- Logins that the lists are to have and whose day has no table of rows any more, or never had one. They wait here until
-- db/rollups/index-logins.ts has listed them. A column that login gets, this table gets, too.
create table late_login (like login) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
create index late_login_batch on late_login (batch_id);

-- Until now the lists had what the rows have. Where there were no rows, they begin with the first day on which everything is
-- counted by this version: an event may be an hour ahead. A database that has counted nothing lacks nothing.
insert into retention_bound (what, kept_from)
select 'hour_login', coalesce(
  (select greatest(to_date(substring(min(relid::regclass::text) from '[0-9]{4}_[0-9]{2}_[0-9]{2}$'), 'YYYY_MM_DD')::timestamp
                     at time zone 'UTC',
                   (select kept_from from retention_bound where what = 'login'))
   from pg_partition_tree('login') where level > 0 having count(*) > 0),
  date_trunc('day', clock_timestamp() + interval '1 hour', 'UTC') + interval '24 hours')
where exists (select from batch);
