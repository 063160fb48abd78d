import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SigningRole } from '../../db/roles/roles.ts'
import { keyOf, pruneAll } from '../support/ledger/audit-attacks.ts'
import { createRolesDatabase, outcomeOf } from '../support/parts/roles-database.ts'

/** insufficient_privilege */
const REFUSED = '42501'
const DAY = '2026-01-05'

/** What no role may that signs in. */
const nobodys = [
  'alter table audit_event disable trigger append_only',
  'alter table audit_event disable trigger all',
  'drop trigger append_only on audit_event',
  'create trigger other before insert on audit_event for each row execute function refuse_change()',
  'create rule other as on delete to audit_event do instead nothing',
  "update audit_event set body = 'nothing'",
  'delete from audit_event',
  'truncate audit_event',
  'drop table audit_event',
  'alter table audit_event add other integer',
  'alter table audit_event owner to current_user',
  'lock table audit_event in access exclusive mode',
  'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return old; end $$',
  'drop function refuse_change cascade',
  'create or replace function iso_moment(text) returns timestamptz language sql immutable strict return now()',
  "insert into audit_event (seq, body, hash) values (1, '{}', '')",
  'update audit_head set seq = 0',
  'delete from audit_head',
  "select chain_audit_event('{}')",
  'create or replace view control_event as select * from audit_event where false',
  'drop view control_event',
  'update audit_retention set kept_days = 1',
  'delete from command_key',
  'drop table command_key',
  'alter function refuse_change() owner to current_user',
  'alter function primary_heard_at() reset all',
  'set role rollcall_owner',
  'set session authorization rollcall_owner',
  "set session_replication_role = 'replica'",
  'drop schema public cascade',
  'alter schema public owner to current_user',
  'alter database postgres set log_statement = none',
  'create role other',
  'alter role current_user superuser',
  "alter role rollcall_owner login password 'mine'",
  'grant rollcall_owner to current_user',
  'grant pg_read_all_data to current_user',
  'create extension dblink',
  "copy (select 1) to program 'true'",
  "copy audit_event to '/tmp/rollcall-audit'",
  "create temporary table other (line text); copy other from '/etc/passwd'",
  "select pg_read_file('/etc/passwd')",
  "select pg_ls_dir('.')",
  "select lo_import('/etc/passwd')",
  'select rolpassword from pg_authid',
  'select passwd from pg_shadow',
  'select pg_reload_conf()',
  'select pg_switch_wal()',
  "select pg_create_physical_replication_slot('other')",
  'create publication other for all tables',
  'create event trigger other on ddl_command_start execute function refuse_change()',
]

/** What no role may that runs all the time. */
const nobodysThatRuns = [
  'create table other ()',
  'create table batch_2 as select * from batch',
  'create temporary table batch (id bigint)',
  'create function pg_temp.to_char(date, text) returns text language sql return null',
  'create view other as select 1',
  'create sequence other',
  'create type other as enum ()',
  'create schema other',
  'create index on batch (error)',
  'create trigger other before insert on batch for each row execute function refuse_change()',
  'create function other() returns integer language sql return 1',
  'alter table batch add other integer',
  'alter table batch disable trigger all',
  'alter table batch owner to current_user',
  'alter table login detach partition login_2026_01_05',
  'alter table login_2026_01_05 add other integer',
  'alter sequence batch_id_block restart',
  'alter type engagement_kind add value $$other$$',
  'drop table batch cascade',
  'drop table login_2026_01_05',
  'drop index batch_error',
  'drop view engagement',
  'truncate batch cascade',
  'truncate login',
  'delete from batch',
  'delete from login_2026_01_05',
  "update login set user_id = 'other'",
  'delete from partition_checkpoint',
  'select from migration',
  'update schema_version set schema = 1',
  'create or replace function create_login_day(day date) returns void language sql return null',
  'alter function create_login_day(date) reset all',
  'alter function create_login_day(date) security invoker',
  'set role rollcall_migrate',
  'grant rollcall_migrate to current_user',
  `select login_day_table('${DAY}')`,
  "select index_login_day('2026-01-05', 'user_id); drop table batch; --')",
  `select drop_login_day('${DAY}')`,
  `select drop_login_day_summary('${DAY}')`,
]

const apis = [
  'select from audit_retention',
  ...[keyOf('worker'), keyOf('api', '3 days')],
  "select prune_audit('{}')",
  'insert into batch select * from batch',
  "update batch set error = 'other'",
  'update partition_checkpoint set next_offset = 0',
  'insert into minute_count select * from minute_count',
  'delete from hour_login',
  'insert into dimension_value select * from dimension_value',
  'update retention_bound set kept_from = now()',
  'insert into alert (raised_at) values (now())',
  "select nextval('batch_id_block')",
  "select create_login_day('2026-01-06')",
  `select index_login_day('${DAY}', 'user_id')`,
  'delete from login',
  'delete from worker',
]

const workers = ['select primary_heard_at()', pruneAll, keyOf('api'), keyOf('worker', '3 days')]

const acts: Record<SigningRole, readonly string[]> = {
  migrate: [...nobodys, "select prune_audit('{}')", 'select from audit_event', keyOf('api')],
  ingest: [...nobodys, ...nobodysThatRuns, ...workers],
  api: [...nobodys, ...nobodysThatRuns, ...apis],
}

let database: Awaited<ReturnType<typeof createRolesDatabase>>
const ends: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  database = await createRolesDatabase((end) => ends.push(end))
  const { sql } = database
  await sql`select create_login_day(${DAY}::text::date)`
  await sql`
    insert into login (event_at, user_id, device_id, ip, ip_scope, locale, locale_kind, app_version, device_type, outcome,
                       kafka_partition, kafka_offset, batch_id)
    values ('2026-01-05T12:00:00Z', 'u', 'd', '10.0.0.1', 'private', 'RI', 'us_state', '1', 'iOS', 'success', 0, 0, 1)`
})

afterAll(async () => {
  for (const end of ends.reverse()) await end()
})

test.for(['migrate', 'ingest', 'api'] as const)('Postgres refuses %s what is not its own', async (role) => {
  const sql = database.as(role)
  const outcomes: Record<string, string> = {}
  for (const act of acts[role]) outcomes[act] = await outcomeOf(sql, act)
  expect(outcomes).toEqual(Object.fromEntries(acts[role].map((act) => [act, REFUSED])))
})

test.for(['migrate', 'ingest', 'api'] as const)('%s gives nothing away that is not its own', async (role) => {
  const sql = database.as(role)
  // Postgres only warns of a grant that grants nothing.
  const given = role === 'migrate' ? [] : ['select on batch', 'execute on function create_login_day(date)']
  for (const what of [...given, 'select, insert, delete on audit_event'])
    await sql.unsafe(`grant ${what} to public`).catch((error: unknown) => {
      expect(error).toMatchObject({ code: REFUSED })
    })
  await expect(sql`alter system set log_statement = none`).rejects.toMatchObject({ code: REFUSED })
  const [held] = await database.sql<{ any: boolean }[]>`
    select has_table_privilege('public', 'batch', 'select') or has_table_privilege('public', 'audit_event', 'select, insert, delete')
           or has_function_privilege('public', 'create_login_day(date)', 'execute') as any`
  expect(held).toEqual({ any: false })
})

test.for(['ingest', 'api'] as const)('%s ends no session of another role', async (role) => {
  const other = database.as(role === 'api' ? 'ingest' : 'api')
  for (const victim of [other, database.sql]) {
    const [backend] = await victim<{ pid: number }[]>`select pg_backend_pid() as pid`
    for (const end of ['terminate', 'cancel'])
      expect(await outcomeOf(database.as(role), `select pg_${end}_backend(${backend?.pid ?? 0})`)).toBe(
        REFUSED,
      )
  }
})

test('a day whose logins are kept is not dropped, one past its bound is, and so is one without rows', async () => {
  const ingest = database.as('ingest')
  const drop = `select drop_login_day('${DAY}')`
  const bound = (day: string) => `insert into retention_bound values ('login', '${day}T00:00:00Z')
    on conflict (what) do update set kept_from = excluded.kept_from;`
  expect(await outcomeOf(ingest, `${bound(DAY)} ${drop}`)).toBe(REFUSED)
  expect(await outcomeOf(ingest, `${bound('2026-01-06')} ${drop}`)).toBe('allowed')
  expect(await outcomeOf(ingest, `delete from login; ${drop}`)).toBe('allowed')
})
