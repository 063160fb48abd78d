import { connect as connectSocket } from 'node:net'
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
    // postgres.js never sets TCP_NODELAY by itself: a COPY costs tens of milliseconds more without it.
    socket: () =>
      connectSocket({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 5432), noDelay: true }),
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs,
      TimeZone: 'UTC',
      ...(options.planEachCall === true ? { plan_cache_mode: 'force_custom_plan' } : {}),
    },
  } as unknown as postgres.Options<{ bigint: postgres.PostgresType<bigint> }>)
}
