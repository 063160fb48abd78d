-- What an answer includes, exactly: how many offsets and how many changes of each partition (domain/pipeline/answer-position.ts).
-- Every transaction that counts holds the row of its partition, so the changes that a snapshot shows are the first so many.

alter table partition_checkpoint add changes bigint not null default 0; -- of its batches: rows of batch_revision
alter table batch_revision add change_number bigint; -- among those of its partition, from 1, in order of commits

update batch_revision revised set change_number = numbered.change_number
from (
  select made.batch_id, made.revision,
         row_number() over (partition by topic, partition order by made.committed_at, made.batch_id, made.revision) as change_number
  from batch_revision made join batch on batch.id = batch_id
) as numbered
where revised.batch_id = numbered.batch_id and revised.revision = numbered.revision;
alter table batch_revision alter column change_number set not null;

update partition_checkpoint set changes = made.changes
from (
  select topic, partition, count(*) as changes from batch_revision join batch on batch.id = batch_id group by topic, partition
) as made
where partition_checkpoint.topic = made.topic and partition_checkpoint.partition = made.partition;

-- From a producer's event_id to its logins. New days get it with their table, and days that are over from upkeep
-- (db/login-rows/): the running one and those to come would wait until they are over.
do $$
declare
  day text;
begin
  for day in
    select relname from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'login'::regclass and relname >= to_char(clock_timestamp() at time zone 'UTC' - interval '1 hour', '"login_"YYYY_MM_DD')
  loop
    execute format('create index if not exists %I on %I (event_id) where event_id is not null', day || '_event_id', day);
  end loop;
end $$;
