-- From a bucket to the batches that counted into it. One key a distinct minute of a batch, so it stays small; written at
-- once, because replicas cannot clean up a list of pending entries and every search would walk it.
create index login_count_delta_buckets on login_count_delta using gin (buckets) with (fastupdate = off);
drop index batch_last_event_at; -- asked the same, but for one late login a batch answered for every bucket since

-- From a batch, a moment or an offset to login rows. They are written in about this order, so a summary of every 32 pages
-- finds them; a b-tree would cost a copy of thousands of rows several times as much. Several spans of time a summary, so
-- that a late login among a thousand does not make it span everything.
create index login_place on login using brin (event_at timestamptz_minmax_multi_ops, batch_id, kafka_offset)
  with (pages_per_range = 32, autosummarize = on);

create index batch_changed_at on batch (changed_at, id) where changed_at is not null;
