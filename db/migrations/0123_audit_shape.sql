-- As rollcall_owner.
-- Events of the audit are what its readers can read. An event stays for ever, so one that cannot be read, such as a command whose partitions
-- are words, would stand in the way of all others for ever: whoever may append could blind who audits.

-- Whether a text is a number that a partition may have had, be it only that somebody asked for it.
create function is_partition(number text) returns boolean language sql immutable strict parallel safe
  set search_path = pg_catalog, pg_temp
return case when number ~ '^-?\d{1,10}$' then number::bigint between -2147483648 and 2147483647 else false end;
revoke all on function is_partition(text) from public;

create function is_audit_event(event text) returns boolean language plpgsql immutable strict parallel safe
  set search_path = pg_catalog, pg_temp
as $$
declare
  body jsonb;
  actor jsonb;
  partitions jsonb;
begin
  -- Of two equal keys readers take the first or the last, as they like.
  if event is not json object with unique keys then
    return false;
  end if;
  body := event::jsonb;
  actor := body -> 'actor';
  partitions := body #> '{detail,partitions}';
  return jsonb_typeof(body -> 'id') = 'string'
    and (body ->> 'kind') ~ '^[a-z_]{1,40}$'
    and (body ->> 'at') ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$'
    and (body ->> 'result') in ('done', 'refused', 'failed')
    and jsonb_typeof(body -> 'detail') = 'object'
    and (jsonb_typeof(actor) = 'null' or (
      jsonb_typeof(actor) = 'object' and jsonb_typeof(actor -> 'issuer') in ('null', 'string')
      and jsonb_typeof(actor -> 'subject') = 'string' and jsonb_typeof(actor -> 'name') = 'string'
      and jsonb_typeof(actor -> 'verified') = 'boolean'))
    and (body ->> 'kind' <> 'command' or partitions is null or jsonb_typeof(partitions) = 'null' or (
      jsonb_typeof(partitions) = 'array'
      and not exists (select from jsonb_array_elements(partitions) as one where public.is_partition(one::text) is not true)));
end $$;
revoke all on function is_audit_event(text) from public;

-- As 0117 has it, for events that are.
create or replace function chain_audit_event(event text) returns bigint language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  head public.audit_head;
  place bigint;
begin
  if public.is_audit_event(event) is not true then
    raise exception 'this is no event of the audit' using errcode = 'check_violation';
  end if;
  select * into strict head from public.audit_head for update;
  select seq into place from public.audit_event where id = event::jsonb ->> 'id' and body = event;
  if found then
    return place;
  end if;
  head.seq := head.seq + 1;
  head.hash := encode(sha256(convert_to(head.hash || event, 'UTF8')), 'hex');
  insert into public.audit_event (seq, body, hash) values (head.seq, event, head.hash);
  update public.audit_head set seq = head.seq, hash = head.hash;
  return head.seq;
end $$;
