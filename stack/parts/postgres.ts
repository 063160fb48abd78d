import { totalmem } from 'node:os'
import { join } from 'node:path'
import { connectPostgres, type Sql } from '../../db/connection/connect.ts'
import type { PostgresSecurity } from './postgres-security.ts'
import { createPart, type Part, START_TIMEOUT_MS } from './part.ts'
import { HOST } from '../processes/ports.ts'
import { binary, preparePostgresFiles, removeStalePidFile, type PostgresFiles } from './postgres-files.ts'
import { startProcess, type RunningProcess } from '../processes/process.ts'
import { untilReady } from '../processes/until-ready.ts'

type PostgresOptions = {
  dataFolder: string
  logFolder: string
  port: number
  replicaPort: number
  /** Whether it waits for the disk, so that its data outlives a crash of the machine; true by default. */
  isDurable?: boolean
  /** Plaintext without passwords by default. */
  security?: PostgresSecurity
}

const USER = 'rollcall'

/** @param parameters such as those of TLS */
export const postgresUrl = (
  port: number,
  database = USER,
  parameters: Record<string, string> = {},
): string => {
  const search = new URLSearchParams(parameters).toString()
  return `postgres://${USER}@${HOST}:${port}/${database}${search === '' ? '' : `?${search}`}`
}

const urlAt = ({ security }: PostgresOptions, port: number): string =>
  postgresUrl(port, 'postgres', security?.parameters)

/**
 * Creates a Postgres primary and a streaming replica from a copy of the primary's folder. Start the primary
 * first.
 */
export function createPostgresParts(options: PostgresOptions): { primary: Part; replica: Part } {
  const prepare = async (files: PostgresFiles) => {
    const first = await startServer(options, files, 'primary')
    await withSession(urlAt(options, options.port), (sql) => sql.unsafe(`create database ${USER}`))
    await first.stop('SIGINT', START_TIMEOUT_MS)
  }
  const part = (name: string, role: Role) =>
    createPart(
      name,
      async () => {
        const folder = join(options.dataFolder, 'postgres')
        return await startServer(options, await preparePostgresFiles(folder, USER, prepare), role)
      },
      'SIGINT', // fast shutdown: open sessions are ended
    )
  return { primary: part('postgres', 'primary'), replica: part('replica', 'replica') }
}

type Role = 'primary' | 'replica'

async function startServer(
  options: PostgresOptions,
  files: PostgresFiles,
  role: Role,
): Promise<RunningProcess> {
  const folder = files[role]
  const port = role === 'primary' ? options.port : options.replicaPort
  const logFile = join(options.logFolder, `postgres-${role}.log`)
  removeStalePidFile(folder)
  const [command, args] = files.runAs(binary('postgres'), ['-D', folder, ...serverArguments(options, role)])
  const running = startProcess({
    name: `Postgres ${role}`,
    command,
    args,
    logFile,
    bookFolder: options.dataFolder,
  })
  await untilReady(running, logFile, START_TIMEOUT_MS, () => askServer(urlAt(options, port), port, folder))
  return running
}

/**
 * All settings that differ from Postgres's defaults. The replica follows the port on which the primary
 * listens this time.
 */
export function serverArguments(
  { port, replicaPort, isDurable = true, security }: PostgresOptions,
  role: Role,
): string[] {
  const settings = {
    port: role === 'primary' ? port : replicaPort,
    listen_addresses: HOST,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: `${bufferMiB()}MB`,
    wal_level: 'replica',
    hot_standby: 'on',
    // A stopped replica may fall behind this far and still catch up.
    wal_keep_size: '1GB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    ...(isDurable ? {} : { fsync: 'off' }),
    ...(role === 'replica'
      ? { primary_conninfo: `host=${HOST} port=${port} user=${USER} ${security?.replication ?? ''}`.trim() }
      : {}),
    ...security?.settings,
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/**
 * An eighth of the memory for each of the two servers, which take only what they fill. The documentation of
 * Postgres ("Memory") advises a quarter for a machine with a single server. Never less than the default of
 * 128 MiB.
 */
function bufferMiB(): number {
  const limit = process.constrainedMemory()
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return Math.max(128, Math.floor(memory / 8 / 2 ** 20))
}

/**
 * @throws when no server answers, or when another clone's server does, which may have taken the port
 *   meanwhile
 */
async function askServer(url: string, port: number, folder: string): Promise<void> {
  const rows = await withSession(
    url,
    (sql) => sql<{ folder: string }[]>`select current_setting('data_directory') as folder`,
  )
  if (rows[0]?.folder !== folder) throw new Error(`another Postgres listens on port ${port}`)
}

async function withSession<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connectPostgres(url, {
    applicationName: 'rollcall stack',
    maxConnections: 1,
    statementTimeoutMs: START_TIMEOUT_MS,
    idleInTransactionTimeoutMs: START_TIMEOUT_MS,
  })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
