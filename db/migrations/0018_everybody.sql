-- Who was active of everybody is added up by the hundred bitmaps for a question, and to fetch and unpack one takes Postgres longer
-- than to add it: they are kept in their rows as they are. Those by value are many and sparse, and stay packed.
alter table engagement rename to engagement_by_value;
alter table engagement_by_value rename constraint engagement_pkey to engagement_by_value_pkey;

create table engagement (
  kind engagement_kind not null,
  period engagement_period not null,    -- UTC; weeks from Monday
  facet engagement_facet not null,
  value text not null,                -- of the dimension; '' for 'all' and 'first'
  start date not null,                -- first day of the period
  chunk integer not null,
  members bit(32768) not null,        -- bit n is number chunk * 32768 + n
  primary key (kind, period, facet, value, start, chunk)
) partition by list (facet);

create table engagement_of_all partition of engagement for values in ('all')
  with (autovacuum_vacuum_scale_factor = 0.05);
alter table engagement_of_all alter column members set storage plain;
-- Two equal ones added are the same one, unpacked.
insert into engagement_of_all
select kind, period, facet, value, start, chunk, members | members from engagement_by_value where facet = 'all'
order by kind, period, start, chunk;

delete from engagement_by_value where facet = 'all';
alter table engagement attach partition engagement_by_value
  for values in ('first', 'device_type', 'app_version', 'locale', 'outcome');

alter table six_hour_member alter column members set storage plain;
update six_hour_member set members = members | members;
