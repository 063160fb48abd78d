-- By what a batch was decided (domain/decode/decode-rules.ts), so that it can be published again as it was. Null: parked, or written
-- before rules were kept.
alter table batch add column rules json;
alter table batch_revision add column rules json;

-- Counted, and its outputs given up for now: a replay publishes them and counts nothing.
alter table batch add column withheld_at timestamptz;
create index batch_withheld on batch (topic, partition, from_offset) where withheld_at is not null;
alter table batch_revision
  drop constraint batch_revision_kind_check,
  add constraint batch_revision_kind_check check (kind in ('replay', 'redrive', 'publish'));

-- Kafka's timestamp of a record may be any 64-bit integer, most of which no moment can show.
alter table rejected_login add column record_timestamp bigint;
update rejected_login set record_timestamp = (extract(epoch from recorded_at) * 1000)::bigint;
alter table rejected_login
  alter column record_timestamp set not null,
  drop column recorded_at,
  add column cut jsonb; -- what is missing of a record that was too large to be kept whole (domain/login/kept-record.ts)

-- The partition is gone: its topic was created anew with fewer of them, and an operator said that it does not come back.
alter table partition_checkpoint add column retired_at timestamptz;
