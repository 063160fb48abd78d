-- Upkeep is a role of its own, or part of a worker. Workers of before this migration do it without saying so.
alter table worker add column does_upkeep boolean not null default true;

-- Not in `worker`: each row of that takes its share of the partitions.
create table upkeep_process (
  id uuid primary key,                -- of one run of the process
  topic text not null,
  name text not null,
  version text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
) with (fillfactor = 50);             -- updated every two seconds where it stands

update schema_version set oldest_writer = 129, oldest_reader = 129;
