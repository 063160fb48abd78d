import { randomUUID } from 'node:crypto'
import { expect, inject, onTestFinished, test } from 'vitest'
import { recordControlEvent } from '../../db/ledger/control-events.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { excessRights } from '../../db/roles/excess-rights.ts'
import { bootstrapDatabase } from '../../db/schema/bootstrap.ts'
import { migrateDatabase } from '../../db/schema/migrate-database.ts'
import { asRole, signedIn } from '../../stack/as-role.ts'
import { connect, createDatabase } from '../support/api/api-fixture.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { createNewerVersion } from '../support/deployment/newer-version.ts'
import { outcomeOf, session } from '../support/parts/roles-database.ts'

/** A database as of a deployment that has one role for all. */
async function createOneRoleDatabase() {
  const { sql, urlOn, drop, name } = await createDatabase(inject('databaseUrl'), () => Promise.resolve())
  const role = `old_${randomUUID().slice(0, 8)}`
  await sql.unsafe(`create role ${role} login; alter database ${name} owner to ${role}`)
  onTestFinished(async () => {
    await drop()
    const admin = connect(inject('databaseUrl'))
    await admin.unsafe(`drop role ${role}`)
    await admin.end()
  })
  const adminUrl = urlOn(inject('databaseUrl'))
  const url = Object.assign(new URL(adminUrl), { username: role }).href
  await migrateDatabase(url)
  return { sql, role, url, adminUrl, old: session(url) }
}

const command = (commandId: string) => ({
  ...{
    commandId,
    requestedAt: '2026-01-05T12:00:00Z',
    actor: { issuer: null, subject: 'ann', name: 'ann' },
    command: 'pauseIngestion',
    topic: 'user-login',
  },
  ...{ partitions: null, reason: 'test', result: 'done' as const, detail: {} },
})

test('a database of one role works as it did, and says that the role may do too much', async () => {
  const { old } = await createOneRoleDatabase()
  await createLoginDays(old, Date.parse('2026-01-05'), 3)
  await recordControlEvent(old, command('c-1'))
  for (const process of ['ingest', 'api'] as const)
    expect(await excessRights(old, process)).toMatch(
      new RegExp(`owns tables.*npm run migrate -- --bootstrap, and sign in as rollcall_${process} `),
    )
})

test('bootstrap takes a database over while its old role works, which goes on without power over the audit', async () => {
  const { sql, old, role, adminUrl, url } = await createOneRoleDatabase()
  await createLoginDays(old, Date.parse('2026-01-05'), 3)
  await recordControlEvent(old, command('c-1'))

  const { applied, notes } = await bootstrapDatabase(adminUrl)
  expect(applied).toEqual([])
  expect(notes).toEqual([
    expect.stringContaining(`revoke rollcall_migrate, rollcall_ingest, rollcall_api from "${role}"`),
  ])
  const owners = await sql<{ owner: string }[]>`
    select distinct pg_get_userbyid(relowner)::text as owner from pg_class
    where relnamespace = 'public'::regnamespace order by 1`
  expect(owners.map(({ owner }) => owner)).toEqual(['rollcall_migrate', 'rollcall_owner'])

  await createLoginDays(old, Date.parse('2026-01-07'), 3)
  await recordControlEvent(old, command('c-2'))
  expect(await migrateDatabase(url)).toEqual([])
  for (const act of [
    'alter table audit_event disable trigger all',
    'drop table audit_event cascade',
    'drop schema public cascade',
  ])
    expect(await outcomeOf(old, act)).toBe('42501')
  expect(await excessRights(old, 'ingest')).toMatch(/owns tables/)
  expect(await sql`select from audit_event where kind = 'command'`).toHaveLength(2)
})

test('a process that signs in as the role of another one says so', async () => {
  const { adminUrl } = await createOneRoleDatabase()
  await bootstrapDatabase(adminUrl)
  for (const [role, process, said] of [
    ['api', 'ingest', /may not write counts.*sign in as rollcall_ingest /],
    ['ingest', 'api', /may write counts.*sign in as rollcall_api /],
  ] as const) {
    expect(await excessRights(session(asRole(adminUrl, role)), process)).toMatch(said)
    expect(await excessRights(session(asRole(adminUrl, role)), role)).toBeNull()
  }
})

test('whoever was given the schema to make tables in can no longer drop the audit with it', async () => {
  const { sql, old, role, adminUrl } = await createOneRoleDatabase()
  await sql.unsafe(`alter schema public owner to ${role}`)
  await bootstrapDatabase(adminUrl)
  for (const act of ['drop table audit_event cascade', 'drop schema public cascade'])
    expect(await outcomeOf(old, act)).toBe('42501')
  expect(await outcomeOf(old, 'create table newer ()')).toBe('allowed')
})

test('bootstrap repeated changes nothing and takes no lock of a table', async () => {
  const { sql, old, role, adminUrl } = await createOneRoleDatabase()
  await bootstrapDatabase(adminUrl)
  await sql.unsafe(`revoke rollcall_migrate, rollcall_ingest, rollcall_api from ${role}`)
  expect(await outcomeOf(old, 'select from batch')).toBe('42501')
  await sql.begin(async (tx) => {
    await tx`select from batch, audit_event, login`
    expect(await bootstrapDatabase(adminUrl)).toEqual({ applied: [], notes: [] })
  })
  expect(await outcomeOf(old, 'select from batch')).toBe('42501')
})

test('bootstraps of several databases of a server at once make the roles once', async () => {
  const databases = await Promise.all([1, 2, 3].map(() => createOneRoleDatabase()))
  const made = await Promise.all(
    databases.flatMap(({ adminUrl }) => [adminUrl, adminUrl]).map((url) => bootstrapDatabase(url)),
  )
  expect(made.map(({ applied }) => applied)).toEqual(made.map(() => []))
})

test('a role that is no administrator bootstraps nothing, and is told what it lacks', async () => {
  const { old, url } = await createOneRoleDatabase()
  await expect(bootstrapDatabase(url)).rejects.toThrow(
    /DATABASE_ADMIN_URL has to name a role with CREATEROLE/,
  )
  expect(await outcomeOf(old, 'select from batch')).toBe('allowed')
})

test('what the role that migrates has put into the database gets no rights of an administrator', async () => {
  const deployment = await createDeployment()
  const { sql } = deployment
  const trap = (name: string, parameters: string, result: string) => `
    create function public.${name}(${parameters}) returns ${result} language plpgsql as $$
    begin raise exception 'trapped as %', current_user; end $$;`
  const url = deployment.config.database.url
  await session(asRole(url, 'migrate')).unsafe(`
    ${trap('pg_has_role', 'oid, text', 'boolean')}
    ${trap('has_schema_privilege', 'text, text, text', 'boolean')}
    ${trap('hashtext', 'varchar', 'integer')}
    ${trap('trapped', '', 'trigger')}
    create trigger trapped before update on partition_checkpoint for each statement execute function trapped()`)
  expect(await bootstrapDatabase(url)).toEqual({ applied: [], notes: [] })
  // It raises every epoch first.
  await expect(createNewerVersion('create table newer (id integer);').migrate(deployment)).rejects.toThrow(
    /trapped as rollcall_migrate/,
  )
  await sql`drop trigger trapped on partition_checkpoint`
  await createNewerVersion('-- As rollcall_owner.\nalter table audit_event add newer integer;').migrate(
    deployment,
  )
  const owners = await sql<{ owner: string }[]>`
    select pg_get_userbyid(relowner)::text as owner from pg_class where relname = 'audit_event'`
  expect(owners).toEqual([{ owner: 'rollcall_owner' }])
})

test('the role that migrates is told that a migration of the audit takes an administrator, and changes nothing', async () => {
  const deployment = await createDeployment()
  const environment = signedIn(deployment.environment, 'migrate')
  const newer = createNewerVersion('-- As rollcall_owner.\nalter table audit_event add newer integer;')
  await expect(newer.migrate({ ...deployment, environment })).rejects.toThrow(
    /needs the rights of rollcall_owner: an administrator .* npm run migrate -- --bootstrap/,
  )
  await createNewerVersion('create table newer (id integer);').migrate({ ...deployment, environment })
  expect(await deployment.sql`select from newer`).toEqual([])
})
