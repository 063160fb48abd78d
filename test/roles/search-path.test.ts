import { expect, test } from 'vitest'
import { createRolesDatabase } from '../support/parts/roles-database.ts'

/** Objects under the names that the functions use, which say as whom they were called. */
const TRAPS = `
  create function trap.to_char(date, text) returns text language plpgsql as $$ begin raise exception 'trapped as %', current_user; end $$;
  create function trap.format(text, variadic text[]) returns text language plpgsql as $$ begin raise exception 'trapped as %', current_user; end $$;
  create function trap.login_day_table(date) returns text language plpgsql as $$ begin raise exception 'trapped as %', current_user; end $$;
  create function trap.is_login_day(date) returns boolean language plpgsql as $$ begin raise exception 'trapped as %', current_user; end $$;
  create function trap.plus(date, integer) returns date language plpgsql as $$ begin raise exception 'trapped as %', current_user; end $$;
  create operator trap.+ (function = trap.plus, leftarg = date, rightarg = integer);
  create table trap.login (event_at timestamptz) partition by range (event_at);
  create table trap.retention_bound (what text, kept_from timestamptz);
  insert into trap.retention_bound values ('login', 'infinity')`

test.for(['trap', 'pg_temp'])(
  'functions with the rights of their owner find nothing that their caller put in their way, as in %s',
  async (schema) => {
    const { sql, as } = await createRolesDatabase()
    // More than a role may by itself.
    await sql.unsafe('create schema trap; grant all on schema trap to rollcall_ingest')
    await sql.unsafe(`grant temporary on database ${sql.options.database} to rollcall_ingest`)
    const ingest = as('ingest')
    await ingest.unsafe(TRAPS.replaceAll('trap.', `${schema}.`))
    await ingest.unsafe(`set search_path = ${schema}, pg_catalog, public`)
    await ingest`select public.create_login_day('2026-01-05')`
    await ingest`select public.index_login_day('2026-01-05', 'user_id')`
    await ingest`select public.index_login_day('2026-01-05', 'ip')`
    await ingest`select public.drop_login_day_summary('2026-01-05')`
    const made = await sql`
      select from pg_indexes where schemaname = 'public' and tablename = 'login_2026_01_05'
        and indexname in ('login_2026_01_05_user_id', 'login_2026_01_05_ip', 'login_2026_01_05_event_id')`
    expect(made).toHaveLength(3)
    await sql`
      insert into login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                         kafka_partition, kafka_offset, batch_id)
      values ('2026-01-05T12:00:00Z', 'u', 'd', '10.0.0.1', 'private', 'RI', 'us_state', '1', 'iOS', 'success', 0, 0, 1)`
    await expect(ingest`select public.drop_login_day('2026-01-05')`).rejects.toThrow(/are kept/)
  },
)

test('the chain of the audit finds nothing that the role which migrates puts in its way', async () => {
  const { sql, as } = await createRolesDatabase()
  const trap = (name: string, parameters: string, result: string) => `
    create function public.${name}(${parameters}) returns ${result} language plpgsql as $$
    begin raise exception 'trapped as %', current_user; end $$;`
  // Closer to what the functions write than Postgres's own, which take other types.
  const traps = [
    trap('convert_to', 'text, text', 'bytea'),
    trap('encode', 'bytea, name', 'text'),
    trap('field', 'jsonb, name', 'text'),
    trap('path', 'jsonb, text', 'text'),
    'create operator public.->> (function = public.field, leftarg = jsonb, rightarg = name);',
    'create operator public.#>> (function = public.path, leftarg = jsonb, rightarg = text)',
  ]
  await as('migrate').unsafe(traps.join('\n'))
  const event = {
    ...{ id: 'e-1', kind: 'command', at: '2026-01-05T12:00:00Z', actor: null, result: 'done' },
    detail: { seq: 1 },
  }
  const [row] = await as('ingest')<
    { seq: bigint }[]
  >`select append_audit_event(${JSON.stringify(event)}) as seq`
  // The first is that of the migration.
  expect(row).toEqual({ seq: 2n })
  await expect(sql`delete from audit_event`).rejects.toThrow(/append-only/)
})
