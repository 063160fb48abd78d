-- As rollcall_owner.
-- How long the audit is kept is for an administrator to say (db/schema/bootstrap.ts): who has taken a worker over could prune all of it.
create table audit_retention (
  one boolean primary key default true check (one),
  kept_days integer check (kept_days >= 0) -- 0: for ever; null: as the workers say, in a database without roles
);
insert into audit_retention (kept_days) values (null);

-- Takes the beginning of the chain away, up to the event that this checkpoint names, if all of it is past retention. Clocks may be an
-- hour apart; an event of the far future is no reason to keep what came before it. Returns how many events are gone.
create or replace function prune_audit(checkpoint text) returns bigint language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  kept integer := (select kept_days from public.audit_retention);
  last bigint := (checkpoint::jsonb #>> '{detail,seq}')::bigint;
  pruned bigint;
begin
  if not exists (select from public.audit_event where seq = last and hash = checkpoint::jsonb #>> '{detail,hash}') then
    raise exception 'the checkpoint names no event of the chain';
  end if;
  if kept = 0 or exists (
    select from public.audit_event
    where seq <= last and happened_at between clock_timestamp() - make_interval(days => kept) + interval '1 hour'
                                          and clock_timestamp() + interval '1 day'
  ) then
    raise exception 'events of the audit are kept' using errcode = 'insufficient_privilege';
  end if;
  perform public.chain_audit_event(checkpoint);
  delete from public.audit_event where seq <= last;
  get diagnostics pruned = row_count;
  return pruned;
end $$;
