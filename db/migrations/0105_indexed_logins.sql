-- Logins by the hour of their event, as numbers instead of ids: who was active in hours, minutes and by several dimensions at
-- once is read from them instead of rows of login (db/read/engagement/uniques.ts). Only db/rollups/index-logins.ts writes them;
-- what is indexed twice says nothing new.

create table hour_login (
  hour timestamptz not null,          -- UTC
  locale text not null,
  device_type text not null,
  app_version text not null,
  outcome text not null,
  minutes bytea not null,             -- of the hour, a byte a login; all four in step
  users bytea not null,               -- numbers, 4 bytes a login, the highest first
  devices bytea not null,
  addresses bytea not null,
  primary key (hour, locale, device_type, app_version, outcome)
);
-- Numbers hardly get smaller.
alter table hour_login
  alter column minutes set storage external,
  alter column users set storage external,
  alter column devices set storage external,
  alter column addresses set storage external;

-- Everybody who is in hour_login, each once: hours that are asked for as a whole are read in a fraction of the time.
create table hour_member (
  hour timestamptz not null,
  kind engagement_kind not null,
  members bytea not null,             -- as domain/engagement/member-set.ts packs them
  primary key (hour, kind)
);
alter table hour_member alter column members set storage external;

-- The same by six hours: most of what a range has beside whole days of UTC is such six hours, and is added to the bitmaps of
-- those days inside Postgres. Columns as in engagement_chunk.
create table six_hour_chunk (
  kind engagement_kind not null,
  start timestamptz not null,         -- 0, 6, 12 or 18 o'clock UTC
  chunk integer not null,
  members bit(32768),
  few_members bit(32768),
  primary key (kind, start, chunk),
  constraint six_hour_chunk_members check (num_nonnulls(members, few_members) = 1)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
alter table six_hour_chunk alter column members set storage plain;

create view six_hour_member as
  select kind, start, chunk, coalesce(members, few_members) as members from six_hour_chunk;

-- Batches and revisions that were in pending_commit_rollup and are not indexed yet. Whoever reads hour_login reads the login
-- rows of those in either of the two beside it, in the same snapshot.
create table unindexed_batch (
  batch_id bigint not null,
  revision integer not null,
  primary key (batch_id, revision)
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
