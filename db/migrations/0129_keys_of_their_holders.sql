-- Who has taken a worker over signs nothing as an API, and no key that was planted outlives the day. db/roles/privileges.ts gives the
-- table to rollcall_owner, because who changes it says who commanded.
create function check_command_key() returns trigger language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if session_user = 'rollcall_ingest' and new.holder <> 'worker' or session_user = 'rollcall_api' and new.holder <> 'api' then
    raise exception '% publishes no key of an %', session_user, new.holder using errcode = 'insufficient_privilege';
  end if;
  -- Keys are good for a day (signatures/command-signer.ts), and clocks differ.
  if new.valid_until > clock_timestamp() + interval '2 days' then
    raise exception 'a key is valid for two days at most' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
revoke all on function check_command_key from public;
create trigger of_its_holder before insert on command_key for each row execute function check_command_key();
alter table command_key enable always trigger of_its_holder;
