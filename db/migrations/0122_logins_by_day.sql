-- hour_login by day: a fraction of the rows, for questions about days by several dimensions or about each attempt. A day that is
-- over is listed once (db/rollups/list-days.ts); what is indexed later is added as rows of its own (db/rollups/index-logins.ts).

create table day_login (
  day date not null,                  -- UTC
  locale text not null,
  device_type text not null,
  app_version text not null,
  outcome text not null,
  hours bytea not null,               -- of the day, a byte a login; all five in step
  minutes bytea not null,             -- of the hour
  users bytea not null,               -- numbers, 4 bytes a login, the highest first
  devices bytea not null,
  addresses bytea not null
);
create index day_login_day on day_login (day);
-- Numbers hardly get smaller.
alter table day_login
  alter column hours set storage external,
  alter column minutes set storage external,
  alter column users set storage external,
  alter column devices set storage external,
  alter column addresses set storage external;

-- The days of which day_login has all that hour_login has.
create table listed_day (
  day date primary key,
  logins bigint not null,             -- when it was listed
  lists integer not null,             -- rows of day_login, when it was listed
  late_lists integer not null default 0 -- rows that were added since
);
