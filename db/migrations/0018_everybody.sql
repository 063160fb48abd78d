-- Who was active of everybody is added up by the hundred bitmaps for a question, and to fetch and unpack one takes Postgres longer
-- than to add it: they are kept in their rows as they are. Those by value are many and sparse, and stay packed.
alter table activity rename to activity_by_value;
alter table activity_by_value rename constraint activity_pkey to activity_by_value_pkey;

create table activity (
  kind activity_kind not null,
  period activity_period not null,    -- UTC; weeks from Monday
  facet activity_facet not null,
  value text not null,                -- of the dimension; '' for 'all' and 'first'
  start date not null,                -- first day of the period
  chunk integer not null,
  members bit(32768) not null,        -- bit n is number chunk * 32768 + n
  primary key (kind, period, facet, value, start, chunk)
) partition by list (facet);

create table activity_of_all partition of activity for values in ('all')
  with (autovacuum_vacuum_scale_factor = 0.05);
alter table activity_of_all alter column members set storage plain;
-- Two equal ones added are the same one, unpacked.
insert into activity_of_all
select kind, period, facet, value, start, chunk, members | members from activity_by_value where facet = 'all'
order by kind, period, start, chunk;

delete from activity_by_value where facet = 'all';
alter table activity attach partition activity_by_value
  for values in ('first', 'device_type', 'app_version', 'locale', 'outcome');

alter table six_hour_member alter column members set storage plain;
update six_hour_member set members = members | members;
