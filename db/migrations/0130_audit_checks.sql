-- When the chain of the audit was last checked, of each topic: what a check found is in `alert`, and where it ended in Temporal.
-- A part of a long chain counts as a check.
create table audit_check (
  topic text primary key,
  checked_at timestamptz not null
);
update schema_version set oldest_writer = 129, oldest_reader = 129;
