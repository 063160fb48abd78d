-- What Postgres's roles of least privilege (db/roles/) need: workers make, index and drop day tables of logins without owning a table.
-- Each function does one thing, to a name that it makes itself, with the rights of its owner, and finds nothing by a search path.

-- As db/login-rows/login-days.ts names the table of a day.
create function login_day_table(day date) returns text immutable strict language sql
  set search_path = pg_catalog, pg_temp
  return pg_catalog.to_char(day, '"login_"YYYY_MM_DD');

create function is_login_day(day date) returns boolean stable strict language sql
  set search_path = pg_catalog, pg_temp
  return exists (
    select from pg_catalog.pg_inherits
    where inhparent = 'public.login'::pg_catalog.regclass
      and inhrelid = pg_catalog.to_regclass('public.' || public.login_day_table(day)));

-- The rows of a day (UTC). The summary is a Bloom filter (BRIN) for every 16 pages, which finds a user, device or address on a day
-- that is still being written, and hardly slows its COPY; once the day is over, better indexes replace it. 16 pages hold about 700
-- logins; of the ranges of pages without the login looked for, one in 300 is read in vain.
create function create_login_day(day date) returns void language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set timezone = 'UTC'
as $$
declare
  name text := public.login_day_table(day);
begin
  if public.is_login_day(day) then return; end if;
  -- More than ten years of them (config/settings.ts, LOGIN_RETENTION_DAYS): no caller fills the catalog.
  if (select count(*) from pg_inherits where inhparent = 'public.login'::regclass) >= 4000 then
    raise exception 'there are 4000 day tables of logins already' using errcode = 'insufficient_privilege';
  end if;
  execute format('create table public.%I partition of public.login for values from (%L) to (%L)', name, day, day + 1);
  execute format(
    'create index %I on public.%I using brin (
       user_id text_bloom_ops (n_distinct_per_range = 700, false_positive_rate = 0.003),
       device_id text_bloom_ops (n_distinct_per_range = 700, false_positive_rate = 0.003),
       ip inet_bloom_ops (n_distinct_per_range = 700, false_positive_rate = 0.003)
     ) with (pages_per_range = 16, autosummarize = on)', name || '_seen', name);
  execute format('create index %I on public.%I (event_id) where event_id is not null', name || '_event_id', name);
end $$;

-- Drops a day that is past retention, or has no rows. Nothing else goes by it, whoever calls.
create function drop_login_day(day date) returns void language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  name text := public.login_day_table(day);
  kept timestamptz := (select kept_from from public.retention_bound where what = 'login');
  has_rows boolean;
begin
  if not public.is_login_day(day) then return; end if;
  lock table only public.login in access exclusive mode;
  execute format('select exists (select from public.%I)', name) into has_rows;
  if has_rows and (day + 1)::timestamp at time zone 'UTC' <= kept is not true then
    raise exception 'the logins of % are kept', day using errcode = 'insufficient_privilege';
  end if;
  execute format('drop table public.%I', name);
end $$;

-- One of the indexes of a day that is over; what another call left unfinished is made anew. Nobody else can build one beside
-- writers (CREATE INDEX CONCURRENTLY runs in no function, and for owners only), so late logins of the day wait meanwhile. It gives
-- up soon if others hold the table, because who waits for a lock keeps others waiting.
create function index_login_day(day date, wanted text) returns void language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set lock_timeout = '2s'
  set maintenance_work_mem = '256MB'
as $$
declare
  name text := public.login_day_table(day);
  columns text := case wanted
    when 'user_id' then '(user_id, event_at)'
    when 'device_id' then '(device_id, event_at)'
    when 'ip' then '(ip, event_at)'
    when 'dimensions' then '(locale, device_type, outcome)'
    when 'event_id' then '(event_id) where event_id is not null'
  end;
begin
  if columns is null or not public.is_login_day(day) then
    raise exception 'there is no index % of day %', wanted, day using errcode = 'insufficient_privilege';
  end if;
  if exists (select from pg_index where indexrelid = to_regclass(format('public.%I', name || '_' || wanted)) and not indisvalid) then
    execute format('drop index public.%I', name || '_' || wanted);
  end if;
  execute format('create index if not exists %I on public.%I %s', name || '_' || wanted, name, columns);
end $$;

-- The summary of a day, once the index that replaces it is there.
create function drop_login_day_summary(day date) returns void language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  set lock_timeout = '2s'
as $$
declare
  name text := public.login_day_table(day);
begin
  if not public.is_login_day(day) or to_regclass(format('public.%I', name || '_ip')) is null then
    raise exception 'day % needs its summary', day using errcode = 'insufficient_privilege';
  end if;
  execute format('drop index if exists public.%I', name || '_seen');
end $$;

-- When a replica last heard of its primary. Postgres tells that to roles with pg_read_all_stats only, which would also show them
-- the statements of everybody else.
create function primary_heard_at() returns timestamptz stable language sql security definer
  set search_path = pg_catalog, pg_temp
  return (select last_msg_receipt_time from pg_catalog.pg_stat_get_wal_receiver());

revoke execute on function login_day_table, is_login_day, create_login_day, drop_login_day, index_login_day,
  drop_login_day_summary, primary_heard_at, refuse_change from public;
