-- Who was active when: users, devices and addresses, as numbers and bitmaps (db/rollups/roll-up-sightings.ts).

-- A batch leaves only the sightings that its process has not committed before; a rollup takes them, some batches later. A row
-- that is here is not in any answer about engagement yet.
create table sighting_delta (
  batch_id bigint not null,
  revision integer not null,
  entries integer not null,           -- ids in it: bounds what one rollup takes
  sightings json not null             -- domain/sightings/sighting.ts, Sightings
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
-- Random ids hardly get smaller, and it is gone in a second.
alter table sighting_delta alter column sightings set storage external;

create type engagement_kind as enum ('user', 'device', 'address');
create type engagement_period as enum ('day', 'week', 'month'); -- UTC; weeks from Monday
create type engagement_facet as enum ('all', 'first', 'device_type', 'app_version', 'locale', 'outcome');

-- Dense numbers, because members of a bitmap are found by them; given by the rollup alone, which is one at a time.
create table engagement_kind_size (
  kind engagement_kind primary key,
  members integer not null            -- numbers given so far: 0 to members - 1
);
insert into engagement_kind_size values ('user', 0), ('device', 0), ('address', 0);
create table app_user (user_id text primary key, number integer not null, first_day date not null);
create table device (device_id text primary key, number integer not null, first_day date not null);
create table address (ip text primary key, number integer not null, first_day date not null); -- normal form, domain/fields/ip.ts

-- Bitmaps of who was active in a period. Facet 'first' has those whose first day lies in the period, a dimension those with a
-- login of that value; only users have dimensions.
-- A bitmap of few is packed, in few_members (db/rollups/bitmap-columns.ts): one that is kept as it is takes a page of 8 KiB for its
-- first member. Whoever reads takes the view, in which each bitmap has its members whichever column they are in.
create table engagement_chunk (
  kind engagement_kind not null,
  period engagement_period not null,
  facet engagement_facet not null,
  value text not null,                -- of the dimension; '' for 'all' and 'first'
  start date not null,                -- first day of the period
  chunk integer not null,
  members bit(32768),                 -- bit n is number chunk * 32768 + n
  few_members bit(32768),
  primary key (kind, period, facet, value, start, chunk),
  constraint engagement_chunk_members check (num_nonnulls(members, few_members) = 1)
) partition by list (facet);

-- Everybody's are added up by the hundred for a question, and to fetch and unpack one takes Postgres longer than to add it: they
-- are kept in their rows as they are. Those by value are many and sparse, and stay packed.
create table engagement_of_all partition of engagement_chunk for values in ('all')
  with (autovacuum_vacuum_scale_factor = 0.05);
alter table engagement_of_all alter column members set storage plain;
create table engagement_by_value partition of engagement_chunk
  for values in ('first', 'device_type', 'app_version', 'locale', 'outcome')
  with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create view engagement as
  select kind, period, facet, value, start, chunk, coalesce(members, few_members) as members from engagement_chunk;

-- How many users were active in a period, of which values: made from their bitmaps (db/rollups/active-user-counts.ts), of which
-- those of a year's days are hundreds of megabytes. There is a row for whatever has bitmaps; active is null where it is to be made.
create table active_user_count (
  period engagement_period not null,
  start date not null,
  facet engagement_facet not null,    -- not 'first'
  value text not null,
  active integer,
  new_users integer,                  -- of those: first day in the period
  returning_users integer,            -- of those: active in the period before, too
  primary key (period, start, facet, value),
  check (num_nulls(active, new_users, returning_users) in (0, 3))
);
create index active_user_count_open on active_user_count (start) where active is null;
