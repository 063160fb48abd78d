import { connect as connectSocket, type Socket } from 'node:net'
import postgres from 'postgres'

export type Sql = postgres.Sql<{ bigint: bigint }>
export type Transaction = postgres.TransactionSql<{ bigint: bigint }>

export type ConnectOptions = {
  /** Shown in pg_stat_activity. */
  applicationName: string
  maxConnections: number
  /** Milliseconds that one statement may take before Postgres cancels it. */
  statementTimeoutMs: number
  /** Milliseconds that a transaction may wait for its client: a stopped process must not keep its locks (G3). */
  idleInTransactionTimeoutMs: number
  /**
   * Has a statement planned for the values of each call. Else Postgres keeps one plan for all from the sixth call on, which costs
   * the most where few values differ as much as an hour and a year do.
   */
  planEachCall?: boolean
}

/**
 * For a worker's transactions: one that is frozen inside a transaction gives its locks back after this, sooner than its replacement
 * asks for them, and keeps no other worker from counting.
 */
export const FROZEN_WORKER_MS = 5_000

/**
 * A pool on the first host of `url`; int8 comes back as bigint. Connects lazily.
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
      ...(options.planEachCall === true ? { plan_cache_mode: 'force_custom_plan' } : {}),
    },
  } as unknown as postgres.Options<{ bigint: postgres.PostgresType<bigint> }>)
}

/** How Postgres ends the answer that opens a session: it is ready for a query, outside of any transaction. */
const READY = Buffer.from('Z\0\0\0\x05I', 'latin1')

/**
 * postgres.js never sets TCP_NODELAY by itself: a COPY costs tens of milliseconds more without it. And where a connection is
 * closed before a session is open, as a balancer without servers does, or what is no Postgres, it connects again for ever and
 * without a word.
 */
function openSocket(host: string, port: number): Socket {
  // Their names are those that postgres.js looks for: for its messages, and for the name that a certificate is of.
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
