-- The audit is one chain: each event's hash covers its text and the hash before it, so that nobody changes, removes, inserts or swaps
-- events without breaking it. docs/audit.md. db/ledger/audit-events.ts writes it.

-- Of texts in ISO 8601 with an offset, which mean the same moment in every session.
create function iso_moment(text) returns timestamptz language sql immutable strict parallel safe
return $1::timestamptz;

create table audit_event (
  seq bigint primary key,             -- from 1 on, without gaps; pruning takes the first away
  body text not null,                 -- the event as canonical JSON (RFC 8785)
  hash text not null,                 -- SHA-256 in hex, of the hash before it (in hex; 64 zeros before the first) followed by the body
  -- For reading. What counts is the body.
  id text not null generated always as (body::jsonb ->> 'id') stored,
  kind text not null generated always as (body::jsonb ->> 'kind') stored,
  happened_at timestamptz not null generated always as (iso_moment(body::jsonb ->> 'at')) stored
);
create index audit_event_id on audit_event (id);
create index audit_event_happened_at on audit_event (happened_at, seq);
create index audit_event_kind on audit_event (kind, happened_at, seq);

-- The end of the chain. Its one row is what appends take turns on.
create table audit_head (
  one boolean primary key default true check (one),
  seq bigint not null,
  hash text not null
);
insert into audit_head (seq, hash) values (0, repeat('0', 64));

-- An event that is there already is not appended again; one that only has the same id is, so that no id hides an event. Returns its
-- place in the chain.
create function chain_audit_event(event text) returns bigint language plpgsql as $$
declare
  head public.audit_head;
  place bigint;
begin
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

-- The only way into the chain, for roles that may do nothing else to it.
create function append_audit_event(event text) returns bigint language plpgsql security definer as $$
begin
  if event::jsonb ->> 'kind' = 'checkpoint' then
    raise exception 'prune_audit alone appends checkpoints' using errcode = 'insufficient_privilege';
  end if;
  return public.chain_audit_event(event);
end $$;

-- Takes the beginning of the chain away, up to the event that this checkpoint names. Returns how many events are gone.
create function prune_audit(checkpoint text) returns bigint language plpgsql security definer as $$
declare
  pruned bigint;
begin
  if not exists (select from public.audit_event where seq = (checkpoint::jsonb #>> '{detail,seq}')::bigint
                                           and hash = checkpoint::jsonb #>> '{detail,hash}') then
    raise exception 'the checkpoint names no event of the chain';
  end if;
  perform public.chain_audit_event(checkpoint);
  delete from public.audit_event where seq <= (checkpoint::jsonb #>> '{detail,seq}')::bigint;
  get diagnostics pruned = row_count;
  return pruned;
end $$;

-- Whoever asks, an event is changed never, and removed only if a checkpoint in the chain says so.
create function refuse_audit_removal() returns trigger language plpgsql as $$
begin
  if exists (
    select from removed where seq > (
      select coalesce(max((body::jsonb #>> '{detail,seq}')::bigint), 0) from public.audit_event where kind = 'checkpoint')
  ) then
    raise exception 'audit_event is append-only: DELETE is refused' using errcode = 'insufficient_privilege';
  end if;
  return null;
end $$;
create trigger append_only before update on audit_event for each row execute function refuse_change();
create trigger append_only_truncate before truncate on audit_event execute function refuse_change();
create trigger append_only_delete after delete on audit_event referencing old table as removed
  for each statement execute function refuse_audit_removal();
alter table audit_event enable always trigger append_only;
alter table audit_event enable always trigger append_only_truncate;
alter table audit_event enable always trigger append_only_delete;

-- Nobody may call them unless it is granted. They find nothing by a search path but what is Postgres's own: whoever may make functions
-- or operators, as the role that migrates, puts none in their way.
do $$
declare
  name text;
begin
  foreach name in array array['chain_audit_event(text)', 'append_audit_event(text)', 'prune_audit(text)', 'refuse_audit_removal()'] loop
    execute format('revoke all on function %s from public', name);
    execute format('alter function %s set search_path = pg_catalog, pg_temp', name);
  end loop;
end $$;

-- The commands that are audited already begin the chain, in their order.
create function pg_temp.canonical(value jsonb) returns text language sql immutable as $$
  select case jsonb_typeof(value)
    when 'object' then
      (select '{' || coalesce(string_agg(to_json(key)::text || ':' || pg_temp.canonical(inner_value), ',' order by key collate "C"), '') || '}'
       from jsonb_each(value) as one (key, inner_value))
    when 'array' then
      (select '[' || coalesce(string_agg(pg_temp.canonical(item), ',' order by place), '') || ']'
       from jsonb_array_elements(value) with ordinality as one (item, place))
    else value::text
  end
$$;
do $$
declare
  command control_event;
begin
  for command in select * from control_event order by id loop
    perform append_audit_event(pg_temp.canonical(jsonb_build_object(
      'id', command.command_id,
      'kind', 'command',
      'at', to_char(command.requested_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'actor', jsonb_build_object('issuer', null, 'subject', command.actor, 'name', command.actor, 'verified', false),
      'result', command.result,
      'detail', jsonb_build_object('command', command.command, 'topic', command.topic, 'partitions', to_jsonb(command.partitions),
                                   'reason', command.reason, 'facts', command.detail))));
  end loop;
end $$;
drop table control_event;

-- An actor in a word, as the API and workflows name it. A name that nobody vouched for says so by itself.
create function actor_text(actor jsonb) returns text language sql immutable strict parallel safe
return case
  when actor ->> 'issuer' is null then actor ->> 'name'
  when actor ->> 'name' = actor ->> 'subject' then format('%s (%s)', actor ->> 'subject', actor ->> 'issuer')
  else format('%s (%s, %s)', actor ->> 'name', actor ->> 'subject', actor ->> 'issuer')
end;

-- The commands in the chain, as questions read them.
create view control_event as
  select seq as id, id as command_id, happened_at as requested_at, actor_text(body::jsonb -> 'actor') as actor,
         body::jsonb #>> '{detail,command}' as command, body::jsonb #>> '{detail,topic}' as topic,
         case when jsonb_typeof(body::jsonb #> '{detail,partitions}') = 'array'
           then array(select jsonb_array_elements_text(body::jsonb #> '{detail,partitions}')::integer) end as partitions,
         body::jsonb #>> '{detail,reason}' as reason, body::jsonb ->> 'result' as result, body::jsonb #> '{detail,facts}' as detail,
         coalesce((body::jsonb #>> '{actor,verified}')::boolean, false) as is_verified
  from audit_event
  where kind = 'command';
