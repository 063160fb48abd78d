-- One row per Kafka partition. next_offset moves only in the transaction that writes what was read up to it,
-- and only for the holder of the current epoch (ARCHITECTURE.md, G1 and G3).
create table partition_checkpoint (
  topic text not null,
  partition integer not null,
  topic_id uuid not null,             -- Kafka's id of the topic: another one means it was re-created
  next_offset bigint not null,
  published_offset bigint not null,   -- outputs below it are known to be committed in Kafka; may lag behind the truth
  logins bigint not null default 0,   -- accepted and rejected since the partition was first read
  rejects bigint not null default 0,
  epoch bigint not null,
  worker text not null,               -- who holds the epoch
  watermark timestamptz,              -- latest event time counted, never later than the clock of the worker
  unfinished_insight json not null,   -- logins after the last complete insight (domain/batch/insight.ts)
  claimed_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (topic, partition)
);

-- Hi-lo allocation: one call hands out 64 ids, so that copied rows can name their batch (db/ingest/batch-ids.ts).
create sequence batch_id_block increment by 64 start with 64;

-- The ledger: every contiguous range [from_offset, to_offset) that was decided, once.
create table batch (
  id bigint primary key,
  topic text not null,
  partition integer not null,
  from_offset bigint not null,
  to_offset bigint not null,
  status text not null check (status in ('committed', 'parked', 'replayed', 'skipped')),
  logins integer not null,
  rejects integer not null,
  gaps integer not null,              -- offsets without a record: control records, aborted or compacted ones
  login_rows integer not null,        -- logins kept as rows of login; fewer than logins when retention left some out
  first_event_at timestamptz,
  last_event_at timestamptz,
  processed_at timestamptz not null,  -- the clock that decoding used; deciding again must use the same
  committed_at timestamptz not null default clock_timestamp(),
  code_version text not null,
  error text,
  check (from_offset < to_offset),
  check (logins + rejects + gaps = to_offset - from_offset or status in ('parked', 'skipped')),
  unique (topic, partition, from_offset)
);
create index batch_committed_at on batch (committed_at, id);

-- Accepted logins for drill-down, by day of event (UTC). Day partitions come and go in db/rollups/login-partitions.ts.
create table login (
  event_at timestamptz not null,
  user_id text not null,
  device_id text not null,
  ip inet not null,
  ip_scope text not null,
  locale text not null,
  locale_kind text not null,
  app_version text not null,
  device_type text not null,
  outcome text not null,
  event_id text,
  failure_reason text,
  session_id text,
  extra jsonb,                        -- keys of the message that Rollcall has no column for
  kafka_partition integer not null,
  kafka_offset bigint not null,
  batch_id bigint not null
) partition by range (event_at);

create table rejected_login (
  topic text not null,
  partition integer not null,
  kafka_offset bigint not null,
  batch_id bigint not null references batch (id),
  reason text not null,
  detail text not null,
  key bytea,
  value bytea,                        -- null: a tombstone
  headers jsonb not null,             -- [[name, base64 value], ...] in order, names may repeat
  recorded_at timestamptz not null,   -- the Kafka record's timestamp
  rejected_at timestamptz not null,
  primary key (topic, partition, kafka_offset)
);
create index rejected_login_rejected_at on rejected_login (rejected_at, partition, kafka_offset);

create type bucket_size as enum ('minute', 'hour', 'day');

-- shard is the source partition: two partitions never update the same row.
create table login_count (
  bucket_size bucket_size not null,
  bucket timestamptz not null,        -- start of the bucket, UTC
  device_type text not null,
  app_version text not null,
  locale text not null,
  outcome text not null,
  shard integer not null,
  logins bigint not null,
  primary key (bucket_size, bucket, device_type, app_version, locale, outcome, shard)
) with (fillfactor = 80);             -- counters are updated in place (HOT)

-- Append-only: what each batch added to the minute buckets, as parallel arrays (one row a batch keeps the
-- hot path independent of the number of buckets). login_count_delta_entry unfolds it.
create table login_count_delta (
  batch_id bigint primary key references batch (id),
  buckets timestamptz[] not null,
  device_types text[] not null,
  app_versions text[] not null,
  locales text[] not null,
  outcomes text[] not null,
  logins bigint[] not null
);
create view login_count_delta_entry as
  select batch_id, bucket, device_type, app_version, locale, outcome, added.logins
  from login_count_delta delta,
       unnest(delta.buckets, delta.device_types, delta.app_versions, delta.locales, delta.outcomes, delta.logins)
         as added (bucket, device_type, app_version, locale, outcome, logins);

-- Sighting: a user was seen on a day (UTC of the event). Idempotent.
create table user_engagement (
  day date not null,
  user_id text not null,
  primary key (day, user_id)
);
create table app_user (
  user_id text primary key,
  first_day date not null,
  last_day date not null
) with (fillfactor = 90);

create table insight (
  topic text not null,
  partition integer not null,
  first_offset bigint not null,       -- of the first and the last login it covers
  last_offset bigint not null,
  batch_id bigint not null references batch (id),
  body json not null,                 -- json, not jsonb: published again byte for byte
  primary key (topic, partition, first_offset)
);
create index insight_batch on insight (batch_id);

-- Every control command, allowed or refused (G10). Append-only.
create table control_event (
  id bigint generated always as identity primary key,
  command_id text not null unique,    -- retried writes of one command leave one row
  requested_at timestamptz not null,
  actor text not null,
  command text not null,
  topic text not null,
  partition integer,                  -- null: the whole topic
  reason text not null,
  result text not null check (result in ('done', 'refused', 'failed')),
  detail jsonb not null
);
create index control_event_requested_at on control_event (requested_at, id);
