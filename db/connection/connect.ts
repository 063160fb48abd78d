import postgres from 'postgres'
import type { Secret } from '../../config/secret.ts'
import { failedSocket } from '../../tls/failed-socket.ts'
import { openSocket } from './open-socket.ts'
import { countSession } from './pool-use.ts'
import { type PostgresWire, postgresWire } from './postgres-wire.ts'

export type Sql = postgres.Sql<{ bigint: bigint }>
export type Transaction = postgres.TransactionSql<{ bigint: bigint }>

type ConnectOptions = {
  /** Shown in pg_stat_activity. */
  applicationName: string
  maxConnections: number
  /** Milliseconds after which Postgres cancels a statement. */
  statementTimeoutMs: number
  /** Milliseconds after which a statement that waits for a lock fails; left out: it waits as long as it may take. */
  lockTimeoutMs?: number
  /**
   * Milliseconds that a transaction may wait for its client, so that a stopped process does not keep its
   * locks (G3).
   */
  idleInTransactionTimeoutMs: number
  /**
   * Plans a statement anew for the values of each call. Otherwise Postgres may use one plan for all values
   * from the sixth call on, which is slow where values differ as much as a range of an hour and a range of a
   * year.
   */
  planEachCall?: boolean
  /** What messages call the setting with the URL; DATABASE_URL by default. */
  urlSetting?: string
}

/**
 * For a worker's transactions. A worker that is frozen inside one loses its locks after this time: sooner
 * than its replacement asks for them, so that no other worker is kept from counting.
 */
export const FROZEN_WORKER_MS = 5_000

/** The URL of a database, and the password of its user if that is not in the URL. */
export type Database = { url: string; password?: Secret }

/**
 * Creates a pool for a database, given as its URL if that is all. It connects at the first statement. int8 comes back as bigint.
 */
export function connectPostgres(database: string | Database, options: ConnectOptions): Sql {
  const { url, password }: Database = typeof database === 'string' ? { url: database } : database
  const wire = postgresWire(url, options.urlSetting)
  const session = password === undefined || new URL(url).password !== '' ? null : withPassword(wire, password)
  const open = session === null ? () => openSocket(wire) : session.open
  return postgres(wire.url, {
    ...(session === null ? {} : { password: session.password }),
    max: options.maxConnections,
    connect_timeout: 5,
    idle_timeout: 60,
    types: { bigint: postgres.BigInt },
    onnotice: () => undefined,
    socket: async () => {
      const socket = await open()
      countSession(options.applicationName, socket)
      return socket
    },
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs,
      TimeZone: 'UTC',
      // Cursors are read to the end (db/read/binary-rows.ts).
      cursor_tuple_fraction: 1,
      ...(options.lockTimeoutMs === undefined ? {} : { lock_timeout: options.lockTimeoutMs }),
      ...(options.planEachCall === true ? { plan_cache_mode: 'force_custom_plan' } : {}),
    },
  } as unknown as postgres.Options<{ bigint: postgres.PostgresType<bigint> }>)
}

/**
 * Reads the password for each session, so that a changed one counts without a restart; with the socket, because an error of
 * postgres.js's own question for it would end the process.
 */
function withPassword(wire: PostgresWire, secret: Secret) {
  let latest = ''
  return {
    open: () => {
      try {
        latest = secret.read()
        return openSocket(wire)
      } catch (error) {
        return failedSocket(error as Error)
      }
    },
    password: () => latest,
  }
}
