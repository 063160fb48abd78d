-- What reading a topic writes, in one transaction a batch: the checkpoint, the batch, its logins, rejects and insights, and
-- what it adds to counts (0102) and engagement (0104). db/ingest/.

-- A row per partition. next_offset moves only in the transaction that writes what was read up to it, and only for the holder of
-- the current epoch (ARCHITECTURE.md, G1 and G3).
create table partition_checkpoint (
  topic text not null,
  partition integer not null,
  topic_id uuid not null,             -- Kafka's id of the topic: another one means that it was created anew
  incarnation integer not null default 0, -- which log the offsets are of: raised when an operator accepts that the topic was
                                      -- truncated or created anew, and offsets come again
  next_offset bigint not null,
  end_offset bigint,                  -- end of the log as last seen: names what was lost should it go
  published_offset bigint not null,   -- outputs below it are known to be committed in Kafka; may lag behind the truth
  recount_until bigint,               -- up to here, outputs are in Kafka although Postgres had lost the counts
  retired_at timestamptz,             -- the topic was created anew without the partition, and an operator said so
  logins bigint not null default 0,   -- accepted, and rejected, since the partition was first read
  rejects bigint not null default 0,
  epoch bigint not null,
  worker text not null,               -- who holds the epoch
  watermark timestamptz,              -- latest event time counted, never later than the clock of the worker
  unfinished_insight json not null,   -- logins after the last complete insight (domain/batch/insight.ts)
  flood_guard json not null default '{"records":0,"rejects":0,"parkedInARow":0,"isOff":false}', -- domain/batch/flood-guard.ts
  claimed_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (topic, partition)
);

-- Workers that run, as they say themselves: partitions are divided evenly among those that were seen a moment ago.
create table worker (
  id uuid primary key,                -- of one run of the process
  topic text not null,
  name text not null,                 -- as in partition_checkpoint
  version text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
) with (fillfactor = 50);             -- updated every second where it stands

-- Hi-lo allocation: one call hands out 64 ids, so that copied rows can name their batch (db/ingest/batch-ids.ts).
create sequence batch_id_block increment by 64 start with 64;

-- The ledger: every contiguous range [from_offset, to_offset) that was decided, once.
create table batch (
  id bigint primary key,
  topic text not null,
  partition integer not null,
  incarnation integer not null default 0, -- as in partition_checkpoint
  from_offset bigint not null,
  to_offset bigint not null,
  status text not null check (status in ('committed', 'parked', 'replayed', 'skipped')),
  revision integer not null default 0, -- of what it means: raised by a replay and by redriving rejects
  claim bigint not null default 0,    -- fences attempts to change it, as the epoch does for a partition
  logins integer not null,
  rejects integer not null,
  gaps integer not null,              -- offsets without a record: control records, aborted or compacted ones
  login_rows integer not null,        -- logins kept as rows of login; fewer than logins when retention left some out
  first_event_at timestamptz,
  last_event_at timestamptz,
  processed_at timestamptz not null,  -- the clock that decoding used; deciding again must use the same
  rules json,                         -- that it was decided by (domain/decode/decode-rules.ts); null: parked
  committed_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz,             -- when its status or revision last changed
  handed_over_at timestamptz,         -- parked: since when its workflow is known to exist
  withheld_at timestamptz,            -- counted, and its outputs given up for now: a replay publishes them and counts nothing
  command_id text,                    -- skipped: the command that gave it up
  code_version text not null,
  error text,
  check (logins + rejects + gaps = to_offset - from_offset or status in ('parked', 'skipped')),
  -- Empty when a log went away of which nothing was known to be unread.
  constraint batch_range check (from_offset < to_offset or (from_offset = to_offset and status = 'skipped')),
  unique (topic, partition, incarnation, from_offset)
);
create index batch_committed_at on batch (committed_at, id);
create index batch_changed_at on batch (changed_at, id) where changed_at is not null;
-- What is rare among committed batches: each answer's freshness asks what is parked, and operators list the rest.
create index batch_parked on batch (topic) where status = 'parked';
create index batch_not_committed on batch (committed_at, id) where status <> 'committed';
create index batch_error on batch (committed_at, id) where error is not null;
create index batch_withheld on batch (topic, partition, from_offset) where withheld_at is not null;

-- Accepted logins for drill-down, by day of event (UTC). Day partitions come and go in db/login-rows/login-partitions.ts.
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
-- From a batch, a moment or an offset to login rows. They are written in about this order, so a summary of every 32 pages
-- finds them; a b-tree would cost a copy of thousands of rows several times as much. Several spans of time a summary, so
-- that a late login among a thousand does not make it span everything.
create index login_place on login using brin (event_at timestamptz_minmax_multi_ops, batch_id, kafka_offset)
  with (pages_per_range = 32, autosummarize = on);

-- Records that are no login, with their bytes.
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
  cut jsonb,                          -- what is missing of a record that was too large to be kept whole (domain/login/kept-record.ts)
  record_timestamp bigint not null,   -- Kafka's timestamp of the record: any 64-bit integer, most of which no moment can show
  rejected_at timestamptz not null,
  redriven_in integer,                -- revision of its batch that made it a login; null: still a reject
  primary key (batch_id, kafka_offset) -- offsets come again in another incarnation
);
create index rejected_login_offset on rejected_login (topic, partition, kafka_offset);
create index rejected_login_rejected_at on rejected_login (rejected_at, partition, kafka_offset);
create index rejected_login_redriven on rejected_login (rejected_at, partition, kafka_offset) where redriven_in is not null;

-- A summary of every INSIGHT_SIZE logins of a partition, as it was published.
create table insight (
  topic text not null,
  partition integer not null,
  first_offset bigint not null,       -- of the first and the last login it covers
  last_offset bigint not null,
  batch_id bigint not null references batch (id),
  body json not null,                 -- json, not jsonb: published again byte for byte
  primary key (batch_id, first_offset)
);
