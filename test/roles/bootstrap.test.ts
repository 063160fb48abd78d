import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../config/secret.ts'
import { databaseRoles, signingRoles, type SigningRole } from '../../db/roles/roles.ts'
import { bootstrapDatabase } from '../../db/schema/bootstrap.ts'
import { migrateDatabase } from '../../db/schema/migrate-database.ts'
import { createPostgresParts, postgresUrl } from '../../stack/parts/postgres.ts'
import { freePort } from '../../stack/processes/ports.ts'
import { logsIn, openFolder } from '../support/parts/own-folder.ts'
import { connect } from '../support/api/api-fixture.ts'
import { outcomeOf, session } from '../support/parts/roles-database.ts'

// On a server of their own, as a cloud gives it: the administrator is no superuser, and every statement is logged.

const { folder, close } = openFolder()
const passwords = { migrate: 'marked migrate $', ingest: 'marked ingest', api: 'marked api' }
let port: number
let stop: () => Promise<void>

beforeAll(async () => {
  port = await freePort(0)
  const { primary } = createPostgresParts({
    ...{
      dataFolder: folder,
      logFolder: logsIn(folder),
      isDurable: false,
      port,
      replicaPort: await freePort(0),
    },
    security: { settings: { log_statement: 'all' } },
  })
  await primary.start()
  stop = () => primary.stop()
  const hba = join(folder, 'postgres', 'primary', 'pg_hba.conf')
  const names = signingRoles.map((role) => databaseRoles[role]).join(',')
  writeFileSync(hba, `host all ${names} all scram-sha-256\n${readFileSync(hba, 'utf8')}`)
  const superuser = connect(postgresUrl(port))
  await superuser`select pg_reload_conf()`
  await superuser`create role administrator login createrole`
  await superuser`create database cloud owner administrator`
  await superuser.end()
})
afterAll(async () => {
  await stop()
  close()
})

const adminUrl = () => Object.assign(new URL(postgresUrl(port, 'cloud')), { username: 'administrator' }).href
const signIn = (role: SigningRole, password: string) =>
  session(
    Object.assign(new URL(postgresUrl(port, 'cloud')), { username: databaseRoles[role], password }).href,
  )

test('an administrator who is no superuser makes the roles, with passwords that no log has', async () => {
  const given = Object.fromEntries(
    signingRoles.map((role) => [
      role,
      new Secret(`DATABASE_${role.toUpperCase()}_PASSWORD`, { value: passwords[role] }),
    ]),
  )
  const { applied, notes } = await bootstrapDatabase(adminUrl(), given)
  expect(applied.at(-1)).toMatch(/\.sql$/)
  // Only a superuser or a member with ADMIN OPTION may give that.
  expect(notes).toEqual([expect.stringMatching(/grant pg_read_all_stats to rollcall_owner$/)])
  expect(await bootstrapDatabase(adminUrl())).toEqual({ applied: [], notes })

  for (const role of signingRoles) {
    expect(await outcomeOf(signIn(role, passwords[role]), 'select 1')).toBe('allowed')
    expect(await outcomeOf(signIn(role, 'another'), 'select 1')).toBe('28P01')
  }
  const log = readFileSync(join(logsIn(folder), 'postgres-primary.log'), 'utf8')
  expect(log).toContain('alter role rollcall_ingest password')
  for (const password of Object.values(passwords)) expect(log).not.toContain(password)
})

test('neither the administrator nor a role may act as the owner of the audit afterwards, and migrations go on', async () => {
  await bootstrapDatabase(adminUrl())
  const admin = session(adminUrl())
  for (const act of ['set role rollcall_owner', 'set role rollcall_migrate', 'delete from audit_event'])
    expect(await outcomeOf(admin, act)).toBe('42501')
  const migrate = Object.assign(new URL(adminUrl()), {
    username: 'rollcall_migrate',
    password: passwords.migrate,
  })
  expect(await migrateDatabase(migrate.href)).toEqual([])
})

// Here, because the roles are those of all databases of a server.
test('a role that may do more than its own is not given a database', async () => {
  await bootstrapDatabase(adminUrl())
  const superuser = session(postgresUrl(port))
  await superuser`alter role rollcall_api createdb`
  onTestFinished(async () => {
    await superuser`alter role rollcall_api nocreatedb`
  })
  await expect(bootstrapDatabase(adminUrl())).rejects.toThrow(
    /the role rollcall_api may do more than it should/,
  )
})

test('a password that some clients would change is refused by the name of its setting, and nothing is made', async () => {
  const ingest = new Secret('DATABASE_INGEST_PASSWORD', { value: 'pässword' })
  await expect(bootstrapDatabase(adminUrl(), { ingest })).rejects.toThrow(
    /DATABASE_INGEST_PASSWORD: a password must have printable ASCII characters/,
  )
})

test("a function, table or view of a later migration is nobody's until it is said whose", async () => {
  await bootstrapDatabase(adminUrl())
  const migrate = signIn('migrate', passwords.migrate)
  await migrate.unsafe(
    'create table later (id integer); create function later() returns integer language sql return 1',
  )
  onTestFinished(async () => {
    await migrate.unsafe('drop table later; drop function later')
  })
  for (const role of ['ingest', 'api'] as const)
    for (const act of ['select from later', 'select later()'])
      expect(await outcomeOf(signIn(role, passwords[role]), act)).toBe('42501')
})
