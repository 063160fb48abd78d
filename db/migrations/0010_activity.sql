-- Who was active when. A batch only leaves the sightings that its process has not committed before; a rollup takes them, some
-- batches later (db/rollups/roll-up-sightings.ts). A row that is here is not in any answer about engagement yet.
create table sighting_delta (
  batch_id bigint not null,           -- 0: from before there were deltas
  revision integer not null,
  entries integer not null,           -- ids in it: bounds what one rollup takes
  sightings json not null             -- domain/sightings/sightings.ts, Sightings
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
-- Random ids hardly get smaller, and it is gone in a second.
alter table sighting_delta alter column sightings set storage external;

create type engagement_kind as enum ('user', 'device', 'address');

-- Dense numbers, because members of a bitmap are found by them; given by the rollup alone, which is one at a time.
create table engagement_kind_size (
  kind engagement_kind primary key,
  members integer not null            -- numbers given so far: 0 to members - 1
);
insert into engagement_kind_size values ('user', 0), ('device', 0), ('address', 0);

alter table user_engagement rename to user_engagement_before;
drop table app_user;
create table app_user (user_id text primary key, number integer not null, first_day date not null);
create table device (device_id text primary key, number integer not null, first_day date not null);
create table address (ip text primary key, number integer not null, first_day date not null); -- normal form, domain/fields/ip.ts

create type engagement_period as enum ('day', 'week', 'month'); -- UTC; weeks from Monday
create type engagement_facet as enum ('all', 'first', 'device_type', 'app_version', 'locale', 'outcome');

-- Bitmaps of who was active in a period: bit n of a chunk is number chunk * 32768 + n. Facet 'first' has those whose first
-- day lies in the period, a dimension those with a login of that value; only users have dimensions. Sparse bitmaps are
-- compressed in their row, which smaller chunks would be too short for.
create table engagement (
  kind engagement_kind not null,
  period engagement_period not null,
  facet engagement_facet not null,
  value text not null,                -- of the dimension; '' for 'all' and 'first'
  start date not null,                -- first day of the period
  chunk integer not null,
  members bit(32768) not null,
  primary key (kind, period, facet, value, start, chunk)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- What was known before: which users on which days, and where logins are kept as rows also the rest. Rolled up by the first
-- worker that runs.
insert into sighting_delta (batch_id, revision, entries, sightings)
select 0, 0, count(*), json_build_array(json_build_object(
  'kind', 'user', 'day', day - date '1970-01-01', 'values', null, 'ids', json_agg(user_id)))
from (select day, user_id, (row_number() over (partition by day) - 1) / 20000 as part from user_engagement_before) as seen
group by day, part;
drop table user_engagement_before;

insert into sighting_delta (batch_id, revision, entries, sightings)
select 0, 0, sum(ids), json_agg(json_build_object(
  'kind', 'user', 'day', day - date '1970-01-01',
  'values', json_build_array(device_type, app_version, locale, outcome), 'ids', users))
from (select event_at::date as day, device_type, app_version, locale, outcome,
             json_agg(distinct user_id) as users, count(distinct user_id) as ids
      from login group by 1, 2, 3, 4, 5) as seen
group by day;

insert into sighting_delta (batch_id, revision, entries, sightings)
select 0, 0, count(*), json_build_array(json_build_object(
  'kind', kind, 'day', day - date '1970-01-01', 'values', null, 'ids', json_agg(id)))
from (select kind, day, id, (row_number() over (partition by kind, day) - 1) / 20000 as part
      from (select distinct 'device' as kind, event_at::date as day, device_id as id from login
            union all
            select distinct 'address', event_at::date, host(ip) from login) as known) as seen
group by kind, day, part;
