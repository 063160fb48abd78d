-- What operators do and what is checked for them: changes of batches, the audit, reconciliation and its alerts. db/ledger/.

-- What changed the meaning of a batch after it was written first (which is revision 0 and has no row here).
create table batch_revision (
  batch_id bigint not null references batch (id),
  revision integer not null,
  kind text not null check (kind in ('replay', 'redrive', 'publish')),
  command_id text not null,
  logins integer not null,            -- what it added to the batch ...
  rejects integer not null,           -- ... negative when rejects became logins
  processed_at timestamptz not null,  -- the clock that decoding used
  rules json,                         -- as in batch
  committed_at timestamptz not null default clock_timestamp(),
  code_version text not null,
  published boolean not null default false, -- its outputs are known to be committed in Kafka
  primary key (batch_id, revision)
);
create index batch_revision_committed_at on batch_revision (committed_at);

-- When each was written.
create view revision_written as
  select id as batch_id, 0 as revision, committed_at from batch
  union all
  select batch_id, revision, committed_at from batch_revision;

-- What each attempt to redrive a reject made of it. Append-only.
create table redrive_attempt (
  batch_id bigint not null,
  kafka_offset bigint not null,
  command_id text not null,
  attempted_at timestamptz not null default clock_timestamp(),
  code_version text not null,
  outcome text not null,              -- 'login', or the reason for which it stays a reject
  detail text not null,
  primary key (batch_id, kafka_offset, command_id),
  foreign key (batch_id, kafka_offset) references rejected_login
);

-- The audit: every command, allowed or refused (G10).
create table control_event (
  id bigint generated always as identity primary key,
  command_id text not null unique,    -- retried writes of one command leave one row
  requested_at timestamptz not null,
  actor text not null,
  command text not null,
  topic text not null,
  partitions integer[],               -- null: the whole topic
  reason text not null,
  result text not null check (result in ('done', 'refused', 'failed')),
  detail jsonb not null
);
create index control_event_requested_at on control_event (requested_at, id);

-- It takes rows and gives none back, whoever asks: the role of the application owns the table.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on control_event for each row execute function refuse_change();
create trigger append_only_truncate before truncate on control_event execute function refuse_change();
alter table control_event enable always trigger append_only;
alter table control_event enable always trigger append_only_truncate;

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

-- A row per reconciliation by the schedule.
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
