import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectPostgres, type Sql } from '../../db/connection/connect.ts'
import { freePort } from '../../stack/processes/ports.ts'
import { serverArguments, postgresUrl } from '../../stack/parts/postgres.ts'
import { binary, preparePostgresFiles, type PostgresFiles } from '../../stack/parts/postgres-files.ts'
import { endLeftovers, lockFolder } from '../../stack/processes/process-book.ts'
import { startProcess } from '../../stack/processes/process.ts'
import { untilReady } from '../../stack/processes/until-ready.ts'
import { fillHistory } from './fill-history.ts'
import type { HistorySize } from './history-size.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const kept = join(project, '.rollcall')
const PREFIX = 'bench-queries-'
const START_TIMEOUT_MS = 60_000
const STOP_GRACE_MS = 60_000
const USER = 'rollcall'
/**
 * Settings that give safety up for speed: an unfinished history is made anew. Memory suffices to sort a day,
 * or else disk.
 */
const FILL_SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'max_wal_size=512MB',
  'wal_level=minimal',
  'max_wal_senders=0',
  'autovacuum=off',
  'work_mem=256MB',
  'maintenance_work_mem=256MB',
]

/** The folder in which the stack of a history is kept. */
export const historyFolder = ({ logins, users, days }: HistorySize): string =>
  join(kept, `${PREFIX}${logins}-${users}-${days}`)

/**
 * Removes the histories of all sizes.
 * @returns the names of the removed folders
 * @throws when another process uses one of them
 */
export function removeHistories(): string[] {
  const names = existsSync(kept) ? readdirSync(kept).filter((name) => name.startsWith(PREFIX)) : []
  for (const name of names) {
    lockFolder(join(kept, name, 'data'))
    rmSync(join(kept, name), { recursive: true, force: true })
  }
  return names
}

/**
 * Makes the primary and the replica of a history, unless they exist and were made by these migrations and
 * this code. Only the primary is filled; its folder is then copied.
 */
export async function prepareHistory(
  size: HistorySize,
  topic: string,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const folder = historyFolder(size)
  const dataFolder = join(folder, 'data')
  const postgresFolder = join(dataFolder, 'postgres')
  const versionFile = join(folder, 'version')
  const unlock = lockFolder(dataFolder)
  try {
    endLeftovers(dataFolder)
    const isSame = existsSync(versionFile) && readFileSync(versionFile, 'utf8') === version()
    if (isSame) say(`using what ${folder} holds`)
    else rmSync(postgresFolder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const files = { logFile: join(folder, 'log', 'fill.log'), bookFolder: dataFolder }
    await preparePostgresFiles(postgresFolder, USER, (made) =>
      onServer(made, files, stop, (sql) => fillHistory(sql, topic, size, sayWithSeconds(say))),
    )
    writeFileSync(versionFile, version())
  } finally {
    unlock()
  }
}

/** Adds the seconds since the start to each line: filling tens of millions of logins takes long. */
function sayWithSeconds(say: (line: string) => void): (line: string) => void {
  const startMs = Date.now()
  return (line) => {
    say(`${Math.round((Date.now() - startMs) / 1000)} s: ${line}`)
  }
}

/** A hash of everything that a history is made by. */
function version(): string {
  const hash = createHash('sha256')
  for (const folder of ['bench/history', 'db/migrations']) {
    const names = readdirSync(join(project, folder)).filter((name) => /(?<!\.test)\.ts$|\.sql$/.test(name))
    for (const name of names.sort()) hash.update(readFileSync(join(project, folder, name)))
  }
  return hash.digest('hex')
}

/** Starts a server, creates its database, runs `work` on it, and stops the server. */
async function onServer(
  files: PostgresFiles,
  { logFile, bookFolder }: { logFile: string; bookFolder: string },
  stop: AbortSignal,
  work: (sql: Sql) => Promise<void>,
): Promise<void> {
  stop.throwIfAborted()
  const port = await freePort(0)
  const args = serverArguments({ dataFolder: '', logFolder: '', port, replicaPort: port }, 'primary')
  const start = async (more: string[]) => {
    const [command, all] = files.runAs(binary('postgres'), ['-D', files.primary, ...args, ...more])
    const running = startProcess({ name: 'Postgres', command, args: all, logFile, bookFolder })
    await untilReady(running, logFile, START_TIMEOUT_MS, () =>
      withSql(postgresUrl(port, 'postgres'), async (sql) => {
        await sql`select`
      }),
    )
    return running
  }
  const running = await start(FILL_SETTINGS.flatMap((setting) => ['-c', setting]))
  const end = () => void running.stop('SIGINT', STOP_GRACE_MS)
  stop.addEventListener('abort', end)
  try {
    await withSql(postgresUrl(port, 'postgres'), (sql) => sql.unsafe(`create database ${USER}`))
    await withSql(postgresUrl(port), work)
  } finally {
    stop.removeEventListener('abort', end)
    await running.stop('SIGINT', STOP_GRACE_MS)
  }
  stop.throwIfAborted()
  // Started once more with the usual settings: a replica cannot follow what was written under
  // wal_level=minimal.
  await (await start([])).stop('SIGINT', STOP_GRACE_MS)
}

async function withSql<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connectPostgres(url, {
    applicationName: 'rollcall bench',
    maxConnections: 1,
    statementTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
  })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
