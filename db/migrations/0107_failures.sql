-- Which attempts failed: outcomes that are not understood, and counts of failures alone.

-- Of logins whose outcome was sent and is not understood: [[spelling, logins], ...], the spelling null for all beyond the first
-- 20 of a batch (domain/batch/unknown-outcomes.ts). Null: there are none. A revision has those that it added.
alter table batch add column unknown_outcomes json;
alter table batch_revision add column unknown_outcomes json;
create index batch_unknown_outcomes on batch (committed_at) where unknown_outcomes is not null;
create index batch_revision_unknown_outcomes on batch_revision (committed_at) where unknown_outcomes is not null;

-- Sets of two dimensions and outcome (11, 13, 14) have the failures alone (domain/counts/counts.ts, failureSets). Here they are
-- made of what is counted by all dimensions; what is pending comes by rollups.

-- The lock of rollups (db/rollups/roll-up-counts.ts): what one has read is counted before, or by the code that knows these sets.
select pg_advisory_xact_lock(7303015);
-- Rollups of older versions read it, and must not take another batch; newer ones read the arrays.
drop view login_count_delta_entry;

do $$
declare
  counts record;
  slots text;
  sums text;
begin
  for counts in
    select * from (values ('minute_count', 'hour'), ('quarter_count', 'day'), ('hour_count', 'day'), ('month_count', 'month'))
      as tables (name, start)
  loop
    select string_agg(quote_ident(attname), ', ' order by attnum), string_agg(format('sum(%I)', attname), ', ' order by attnum)
    into slots, sums
    from pg_attribute
    where attrelid = counts.name::regclass and attnum > 0 and not attisdropped
      and attname not in ('dimension_set', counts.start, 'device_type', 'app_version', 'locale', 'outcome');
    execute format($insert$
      insert into %1$I (dimension_set, %2$I, device_type, app_version, locale, outcome, %3$s)
      select 15 - grouping(outcome, locale, app_version, device_type), %2$I,
             coalesce(device_type, ''), coalesce(app_version, ''), coalesce(locale, ''), outcome, %4$s
      from %1$I where dimension_set = 15 and outcome = 'failure'
      group by %2$I, outcome, grouping sets ((device_type, app_version), (device_type, locale), (app_version, locale))
    $insert$, counts.name, counts.start, slots, sums);
  end loop;
end $$;
