import { connect as connectSocket, type Socket } from 'node:net'
import postgres from 'postgres'

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
}

/**
 * For a worker's transactions. A worker that is frozen inside one loses its locks after this time: sooner
 * than its replacement asks for them, so that no other worker is kept from counting.
 */
export const FROZEN_WORKER_MS = 5_000

/**
 * Creates a pool for the first host of `url`, which connects at the first statement. int8 comes back as
 * bigint.
 */
export function connectPostgres(url: string, options: ConnectOptions): Sql {
  const { hostname, port } = new URL(url)
  return postgres(url, {
    max: options.maxConnections,
    connect_timeout: 5,
    idle_timeout: 60,
    types: { bigint: postgres.BigInt },
    onnotice: () => undefined,
    socket: () => openSocket(hostname.replace(/^\[|\]$/g, ''), Number(port || 5432)),
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs,
      TimeZone: 'UTC',
      ...(options.lockTimeoutMs === undefined ? {} : { lock_timeout: options.lockTimeoutMs }),
      ...(options.planEachCall === true ? { plan_cache_mode: 'force_custom_plan' } : {}),
    },
  } as unknown as postgres.Options<{ bigint: postgres.PostgresType<bigint> }>)
}

/** The message with which Postgres ends the opening of a session: ready for a query, in no transaction. */
const READY = Buffer.from('Z\0\0\0\x05I', 'latin1')

/**
 * Opens the socket in place of postgres.js, for two reasons. postgres.js does not set TCP_NODELAY, without
 * which a COPY takes tens of milliseconds more. And if the other side closes a connection before a session is
 * open, as a balancer without servers or another kind of server does, postgres.js connects again for ever and
 * reports nothing.
 */
function openSocket(host: string, port: number): Socket {
  // postgres.js reads these two properties for its messages and for the host name that a certificate must
  // have.
  const socket = Object.assign(connectSocket({ host, port, noDelay: true }), { host, port })
  let last: Buffer = Buffer.alloc(0)
  const listen = (chunk: Buffer) => {
    last = Buffer.concat([last, chunk]).subarray(-READY.length)
    if (!last.equals(READY)) return
    socket.off('data', listen)
    socket.off('end', refuse)
  }
  const refuse = () => {
    const message = `${host}:${port} closed the connection before a session was open`
    socket.destroy(Object.assign(new Error(message), { code: 'CONNECTION_CLOSED' }))
  }
  socket.on('data', listen).once('end', refuse)
  return socket
}
