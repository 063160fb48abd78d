-- Counts of whole months (UTC) that are over, made of those of their hours (db/rollups/roll-up-months.ts): long ranges by three or more
-- dimensions are a million rows of hours. Only months in rolled_up_month are whole; a rollup takes those out that it changes.
create table month_count (
  dimension_set smallint not null,
  month timestamptz not null,
  device_type text not null,
  app_version text not null,
  locale text not null,
  outcome text not null,
  logins bigint not null,
  primary key (dimension_set, month, device_type, app_version, locale, outcome)
);
create table rolled_up_month (month timestamptz primary key);
