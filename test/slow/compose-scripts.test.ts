import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, chownSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAsFor, unprivilegedAccount } from '../../stack/parts/postgres-account.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { type RunningProcess, startProcess } from '../../stack/processes/process.ts'
import { startRole } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { logsIn, openFolder } from '../support/parts/own-folder.ts'
import { postgresPrograms } from '../support/parts/postgres-programs.ts'

const NAMES = ['superuser', 'admin', 'migrate', 'ingest', 'api', 'temporal', 'replicator']
const project = fileURLToPath(new URL('../..', import.meta.url))
const account = unprivilegedAccount()

const { folder, close } = openFolder()
afterAll(close)
const secrets = join(folder, 'secrets')
const passwordOf = (name: string) => readFileSync(join(secrets, name, 'password'), 'utf8')
const ports = { primary: 0, replica: 0 }
const folders = { primary: join(folder, 'postgres', 'primary'), replica: join(folder, 'postgres', 'replica') }
let environment: Record<string, string> = {}

/** How the image runs a program: as the user of Postgres, with the passwords mounted. */
const asPostgres = (program: string, args: string[]) => runAsFor(account, [folder])(program, args)
function run(program: string, args: string[], extra: Record<string, string> = {}): string {
  const [command, all] = asPostgres(program, args)
  return execFileSync(command, all, { env: { ...environment, ...extra }, encoding: 'utf8', stdio: 'pipe' })
}
const makeSecrets = () =>
  execFileSync('sh', [join(project, 'docker/make-secrets.sh'), ...NAMES], {
    env: { ...environment, SECRETS: secrets },
  })
const init = () =>
  run('bash', [join(folder, 'docker', 'postgres-init.sh')], {
    PGDATA: folders.primary,
    POSTGRES_USER: 'postgres',
  })

/** Runs what its container runs, with less memory. */
function server(name: 'primary' | 'replica', args: string[]): RunningProcess {
  const settings = [
    '-p',
    String(ports[name]),
    '-k',
    folder,
    '-c',
    `listen_addresses=${HOST}`,
    '-c',
    'shared_buffers=32MB',
  ]
  const [command, all] = asPostgres('bash', [...args, 'postgres', ...settings])
  return startProcess({
    ...{ name, command, args: all, bookFolder: folder, logFile: join(logsIn(folder), `${name}.log`) },
    env: { ...environment, PGDATA: folders[name], PRIMARY_HOST: HOST, PRIMARY_PORT: String(ports.primary) },
  })
}
const startReplica = () => server('replica', [join(folder, 'docker', 'postgres-replica.sh')])
const logOfReplica = () => readFileSync(join(logsIn(folder), 'replica.log'), 'utf8')

/** Asks by the socket, as nobody but the container itself can. */
async function ask<T extends object>(name: 'primary' | 'replica', text: string): Promise<T[]> {
  const sql = postgres({ host: folder, port: ports[name], user: 'postgres', database: 'postgres', max: 1 })
  try {
    return await sql.unsafe<T[]>(text)
  } finally {
    await sql.end()
  }
}
const follows = () =>
  eventually(async () => {
    expect(await ask('replica', 'select pg_is_in_recovery() r, status from pg_stat_wal_receiver')).toEqual([
      { r: true, status: 'streaming' },
    ])
  })
const migrate = (extra: Record<string, string>) => {
  const role = startRole(join(project, 'scripts/migrate.ts'), extra, ['--bootstrap'])
  return role.exited
}
const rollcall = (user: string) => `postgres://${user}@${HOST}:${ports.primary}/rollcall`
const bootstrap = () =>
  migrate({
    DATABASE_ADMIN_URL: rollcall('rollcall_admin'),
    ...Object.fromEntries(
      ['admin', 'migrate', 'ingest', 'api'].map((name) => [
        `DATABASE_${name.toUpperCase()}_PASSWORD_FILE`,
        join(secrets, name, 'password'),
      ]),
    ),
  })
const signsIn = async (user: string, database: string, password: string) => {
  const sql = postgres({ host: HOST, port: ports.primary, user, database, password, max: 1 })
  return await sql`select 1`
    .then(
      () => true,
      () => false,
    )
    .finally(() => sql.end())
}

let primary: RunningProcess
beforeAll(async () => {
  const bin = await postgresPrograms()
  environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, SECRETS: secrets, TMPDIR: join(folder, 'tmp') }
  for (const name of NAMES) mkdirSync(join(secrets, name), { recursive: true })
  for (const name of ['postgres', 'tmp']) {
    mkdirSync(join(folder, name))
    if (account !== null) chownSync(join(folder, name), account.uid, account.gid)
  }
  if (account !== null) chownSync(folder, account.uid, account.gid)
  // Where others may read them, as a mount is.
  cpSync(join(project, 'docker'), join(folder, 'docker'), { recursive: true })
  ;[ports.primary, ports.replica] = [await freePort(0), await freePort(0)]
  makeSecrets()
  run('initdb', ['-U', 'postgres', '-A', 'trust', '--auth-host=scram-sha-256', '-D', folders.primary])
  appendFileSync(join(folders.primary, 'pg_hba.conf'), 'host all all all scram-sha-256\n')
  appendFileSync(
    join(folders.primary, 'postgresql.conf'),
    'max_slot_wal_keep_size = 48MB\nmin_wal_size = 32MB\nmax_wal_size = 32MB\n',
  )
  primary = server('primary', ['-c', 'exec "$@"', 'primary'])
  environment = { ...environment, PGHOST: folder, PGPORT: String(ports.primary) }
  await eventually(() => ask('primary', 'select 1'))
  init()
})
afterAll(async () => {
  await primary.stop('SIGINT', 10_000)
})

test('passwords are made once, differ, and are read by whoever has their mount', () => {
  const before = NAMES.map(passwordOf)
  makeSecrets()
  expect(NAMES.map(passwordOf)).toEqual(before)
  expect(new Set(before).size).toBe(NAMES.length)
  for (const [i, password] of before.entries()) {
    expect(password).toMatch(/^[0-9a-f]{48}$/)
    expect(statSync(join(secrets, NAMES[i] ?? '', 'password')).mode & 0o777).toBe(0o444)
  }
})

test('a program that takes its password from a variable gets it from the file, and its end is that of the program', () => {
  const script = join(project, 'docker/with-password.sh')
  const { status, stdout } = spawnSync('sh', [script, 'WORD', 'sh', '-c', 'echo "$WORD"; exit 3'], {
    env: { ...environment, PASSWORD_FILE: join(secrets, 'temporal', 'password') },
    encoding: 'utf8',
  })
  expect([status, stdout]).toEqual([3, `${passwordOf('temporal')}\n`])
})

test('nobody but the container itself is a superuser, and each signs in with its own password alone', async () => {
  init()
  expect(
    await ask(
      'primary',
      'select rolname from pg_roles where rolsuper or rolcreatedb or rolbypassrls order by 1',
    ),
  ).toEqual([{ rolname: 'postgres' }])
  expect(await signsIn('temporal', 'temporal', passwordOf('temporal'))).toBe(true)
  expect(await signsIn('temporal', 'temporal', 'temporal')).toBe(false)
  expect(await signsIn('replicator', 'temporal', passwordOf('replicator'))).toBe(false)
})

test('the administrator makes the roles of Rollcall, also in a database that a superuser made', async () => {
  expect(await bootstrap()).toBe(0)
  expect(await signsIn('rollcall_api', 'rollcall', passwordOf('api'))).toBe(true)
  const roles = ['ingest', 'api', 'migrate', 'owner'].map((name) => `drop role rollcall_${name};`)
  await ask('primary', 'drop database rollcall')
  await ask('primary', roles.join(' '))
  await ask('primary', 'create database rollcall')
  await ask('primary', "alter role postgres password 'postgres'")
  // As before there were secrets.
  expect(
    await migrate({
      DATABASE_ADMIN_URL: rollcall('postgres:postgres'),
      DATABASE_INGEST_PASSWORD: 'ingest',
      DATABASE_API_PASSWORD: 'api',
    }),
  ).toBe(0)
  init()
  expect(await bootstrap()).toBe(0)
  expect(await signsIn('rollcall_api', 'rollcall', passwordOf('api'))).toBe(true)
  expect(await signsIn('rollcall_api', 'rollcall', 'api')).toBe(false)
})

test('a replica that stopped for too long copies the primary again, and never what was promoted', async () => {
  const first = startReplica()
  await follows()
  await first.stop('SIGINT', 10_000)
  await ask('primary', 'create table filler (x text)')
  for (let i = 0; i < 7; i++) {
    await ask(
      'primary',
      'insert into filler select repeat(md5(g::text), 30) from generate_series(1, 20000) g',
    )
    await ask('primary', 'select pg_switch_wal()')
    await ask('primary', 'checkpoint')
  }
  expect(await ask('primary', 'select wal_status from pg_replication_slots')).toEqual([
    { wal_status: 'lost' },
  ])
  const second = startReplica()
  await follows()
  expect(logOfReplica()).toContain('it copies the primary again')
  expect(await ask('replica', 'select count(*)::int from filler')).toEqual([{ count: 140_000 }])
  await second.stop('SIGINT', 10_000)
  // A restart copies nothing.
  const before = statSync(join(folders.replica, 'PG_VERSION')).ino
  const third = startReplica()
  await follows()
  expect(statSync(join(folders.replica, 'PG_VERSION')).ino).toBe(before)
  run('pg_ctl', ['-D', folders.replica, 'promote'])
  await third.stop('SIGINT', 10_000)
  const fourth = startReplica()
  await fourth.exited
  expect(logOfReplica()).toContain('is no replica: was it promoted?')
  expect(statSync(join(folders.replica, 'PG_VERSION')).ino).toBe(before)
  expect(logOfReplica()).not.toContain(passwordOf('replicator'))
})
