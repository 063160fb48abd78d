-- What somebody should look at, once for as long as it lasts. Rows are added and cleared, nothing else.
create table alert (
  id bigint generated always as identity primary key,
  raised_at timestamptz not null default clock_timestamp(),
  kind text not null,
  topic text not null,
  partition integer,                  -- null: of no one partition
  subject text not null,              -- the same for as long as it is the same matter
  detail jsonb not null,
  run_id text,                        -- of the reconciliation that raised it
  cleared_at timestamptz              -- when it was looked at again and all was well; null: open
);
create unique index alert_open on alert (topic, kind, subject) where cleared_at is null;
create index alert_raised_at on alert (raised_at, id);
create index alert_run_id on alert (run_id) where run_id is not null;

-- One row a reconciliation by the schedule.
create table reconciliation_run (
  id bigint generated always as identity primary key,
  run_id text not null unique,        -- of its workflow: an attempt that is repeated leaves one row
  topic text not null,
  started_at timestamptz not null,
  finished_at timestamptz not null default clock_timestamp(),
  covered_to timestamptz not null,    -- batches that were written or changed before it have been compared
  batches integer not null,
  expired integer not null,           -- batches whose login rows were past retention
  differences integer not null        -- all that were found, also those with an open alert
);
create index reconciliation_run_finished_at on reconciliation_run (finished_at, id);
