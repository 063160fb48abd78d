import { Runtime, type RuntimeOptions } from '@temporalio/worker'
import type { Logger } from 'pino'
import { cannotListen } from '../config/cannot-listen.ts'
import type { Config } from '../config/config.ts'

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const

/** The fields that help a reader of the log; the others are internals of the SDK. */
const shownFields = ['workflowId', 'reason', 'error'] as const

/**
 * Sends the log of the workflows and of the SDK to `log`. Of the SDK's core only errors pass. While Temporal
 * is away, the core logs each failed attempt; those lines become level debug, because temporal-watch.ts logs
 * the outage once.
 * @throws {CannotListen} on the port of its metrics
 */
export function installTemporalLog(log: Logger, metrics: Config['metrics']): void {
  const { host, temporal: port } = metrics
  try {
    Runtime.install(optionsOf(log, metrics))
  } catch (error) {
    if (port === null) throw error
    throw cannotListen(error, {
      host,
      port,
      settings: { host: 'METRICS_HOST', port: 'TEMPORAL_METRICS_PORT' },
    })
  }
}

const optionsOf = (log: Logger, { host, temporal: port }: Config['metrics']): RuntimeOptions => ({
  logger: {
    log: (level, message, meta) => {
      write(log, levels[level], message, meta)
    },
    trace: (message, meta) => {
      write(log, 'trace', message, meta)
    },
    debug: (message, meta) => {
      write(log, 'debug', message, meta)
    },
    info: (message, meta) => {
      write(log, 'info', message, meta)
    },
    warn: (message, meta) => {
      write(log, 'warn', message, meta)
    },
    error: (message, meta) => {
      write(log, 'error', message, meta)
    },
  },
  telemetryOptions: {
    logging: { forward: {}, filter: 'ERROR' },
    ...(port === null ? {} : { metrics: { prometheus: prometheusAt(host, port) } }),
  },
})

/** Names and units as Prometheus' conventions want them. */
const prometheusAt = (host: string, port: number) => ({
  bindAddress: `${host.includes(':') ? `[${host}]` : host}:${port}`,
  countersTotalSuffix: true,
  unitSuffix: true,
  useSecondsForDurations: true,
})

type Level = (typeof levels)[keyof typeof levels]

const COUNTS_ATTEMPTS = /^gRPC call \w+ retried \d+ times$/

/** The level under which a line is logged: debug if it is of no use to an operator. */
export function levelFor(level: Level, message: string, meta: Record<string, unknown>): Level {
  if (COUNTS_ATTEMPTS.test(message)) return 'debug'
  // Lines without a workflow are the SDK's; below level error they are about its own life cycle.
  return level !== 'error' && meta['workflowId'] === undefined ? 'debug' : level
}

function write(log: Logger, level: Level, message: string, meta: Record<string, unknown> = {}): void {
  const shown = shownFields
    .filter((field) => meta[field] !== undefined)
    .map((field) => [field, text(meta[field])])
  log[levelFor(level, message, meta)](Object.fromEntries(shown), message)
}

const text = (value: unknown): string => (value instanceof Error ? value.message : String(value))
