-- The lists by hour have a login once: attempts of users, devices and addresses are counted by them. Until now, each redrive of
-- rejects of a batch listed the batch's other logins again. Where rejects were redriven, the lists are made anew of the rows of
-- logins (db/rollups/index-logins.ts), by batch and revision.
do $$
declare
  kept timestamptz := coalesce((select kept_from from retention_bound where what = 'login'), '-infinity');
begin
  if not exists (
    select from batch_revision join batch on id = batch_id where kind = 'redrive' and login_rows > 0 and last_event_at >= kept
  ) then return; end if;
  delete from hour_login where hour >= kept;
  delete from hour_member where hour >= kept;
  delete from six_hour_chunk;
  insert into unindexed_batch (batch_id, revision)
  select batch_id, delta.revision
  from login_count_delta as delta join batch on id = batch_id
  where login_rows > 0 and last_event_at >= kept
    and not exists (
      select from pending_commit_rollup as pending
      where pending.batch_id = delta.batch_id and pending.revision = delta.revision)
  on conflict do nothing;
end $$;
