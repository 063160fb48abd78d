-- login_count takes a batch's delta some batches later, together with others (db/fold-counts.ts). Whoever reads counts
-- adds login_count_unfolded, in the same snapshot.
alter table batch add column folded boolean not null default true; -- whether login_count has its delta
alter table batch alter column folded set default false;
create index batch_unfolded on batch (topic, partition) where not folded;

create view login_count_unfolded as
  select bucket, device_type, app_version, locale, outcome, batch.partition as shard, entry.logins
  from batch
  join login_count_delta_entry entry on entry.batch_id = batch.id
  where not batch.folded;
