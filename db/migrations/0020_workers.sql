-- Workers that run, as they say themselves: partitions are divided evenly among those that were seen a moment ago.
create table worker (
  id uuid primary key,                -- of one run of the process
  topic text not null,
  name text not null,                 -- as in partition_checkpoint
  version text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
) with (fillfactor = 50);             -- updated every second where it stands
