-- Everybody who is in hour_login, by six hours: most of what a range has beside whole days of UTC is such six hours, and is
-- added to the bitmaps of those days inside Postgres.
create table six_hour_member (
  kind engagement_kind not null,
  start timestamptz not null,         -- 0, 6, 12 or 18 o'clock UTC
  chunk integer not null,             -- as in engagement
  members bit(32768) not null,
  primary key (kind, start, chunk)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
-- To unpack a bitmap takes Postgres longer than to add it to another, and these are few.
alter table six_hour_member alter column members set storage external;

-- What was indexed before is indexed anew, and with it; until then rows answer.
truncate hour_login, hour_member;
insert into unindexed_batch
select id, 0 from batch
where login_rows > 0
  and last_event_at >= (
    select to_date(substring(min(relid::regclass::text) from '[0-9]{4}_[0-9]{2}_[0-9]{2}$'), 'YYYY_MM_DD')::timestamptz
    from pg_partition_tree('login') where level > 0)
on conflict do nothing;
