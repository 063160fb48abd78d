-- Parked batches, their replays, and what follows from them (ARCHITECTURE.md, G4 and G6 to G8).

alter table partition_checkpoint
  add column incarnation integer not null default 0, -- which log the offsets are of: raised when an operator accepts that
                                                     -- the topic was truncated or created anew, and offsets come again
  add column end_offset bigint,                      -- end of the log as last seen: names what was lost should it go
  add column recount_until bigint,                   -- up to here, outputs are in Kafka although Postgres had lost the counts
  add column flood_guard json not null default '{"records":0,"rejects":0,"parkedInARow":0,"isOff":false}';
                                                     -- domain/batch/flood-guard.ts

alter table batch
  add column incarnation integer not null default 0,
  add column revision integer not null default 0,    -- of what it means: raised by a replay and by redriving rejects
  add column claim bigint not null default 0,        -- fences attempts to change it, as the epoch does for a partition
  add column changed_at timestamptz,                 -- when its status or revision last changed
  add column handed_over_at timestamptz,             -- parked: since when its workflow is known to exist
  add column command_id text;                        -- skipped: the command that gave it up
alter table batch
  drop constraint batch_topic_partition_from_offset_key,
  add unique (topic, partition, incarnation, from_offset),
  drop constraint batch_check,
  -- Empty when a log went away of which nothing was known to be unread.
  add constraint batch_range check (from_offset < to_offset or (from_offset = to_offset and status = 'skipped'));
create index batch_last_event_at on batch (last_event_at); -- which batches touched a bucket (lineage, reconciliation)

-- What changed the meaning of a batch after it was written first (which is revision 0 and has no row here).
create table batch_revision (
  batch_id bigint not null references batch (id),
  revision integer not null,
  kind text not null check (kind in ('replay', 'redrive')),
  command_id text not null,
  logins integer not null,            -- what it added to the batch …
  rejects integer not null,           -- … negative when rejects became logins
  processed_at timestamptz not null,  -- the clock that decoding used
  committed_at timestamptz not null default clock_timestamp(),
  code_version text not null,
  published boolean not null default false, -- its outputs are known to be committed in Kafka
  primary key (batch_id, revision)
);

alter table login_count_delta add column revision integer not null default 0;
alter table login_count_delta drop constraint login_count_delta_pkey, add primary key (batch_id, revision);
alter table pending_rollup add column revision integer not null default 0;

create or replace view login_count_delta_entry as
  select batch_id, bucket, device_type, app_version, locale, outcome, added.logins, revision
  from login_count_delta delta,
       unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
         as added (bucket, device_type, app_version, locale, outcome, logins);
create or replace view login_count_pending as
  select bucket, device_type, app_version, locale, outcome, pending.partition as shard, added.logins
  from pending_rollup pending
  cross join lateral (select * from login_count_delta
                      where batch_id = pending.batch_id and revision = pending.revision offset 0) as delta
  cross join unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
    as added (bucket, device_type, app_version, locale, outcome, logins);

-- Offsets come again in another incarnation, so the batch is part of the key.
alter table rejected_login drop constraint rejected_login_pkey, add primary key (batch_id, kafka_offset);
create index rejected_login_offset on rejected_login (topic, partition, kafka_offset);
alter table rejected_login add column redriven_in integer; -- revision of its batch that made it a login; null: still a reject
alter table insight drop constraint insight_pkey, add primary key (batch_id, first_offset);
drop index insight_batch;

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

-- The audit takes rows and gives none back, whoever asks: the role of the application owns the table.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on control_event for each row execute function refuse_change();
create trigger append_only_truncate before truncate on control_event execute function refuse_change();
alter table control_event enable always trigger append_only;
alter table control_event enable always trigger append_only_truncate;
