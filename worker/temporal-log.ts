import { Runtime } from '@temporalio/worker'
import type { Logger } from 'pino'

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const

/** Fields of workflow logs that help a reader; the rest names the SDK's internals. */
const shownFields = ['workflowId', 'reason', 'error'] as const

/**
 * Sends the log of workflows and of the SDK to `log`. The SDK's core speaks a line per failed attempt while Temporal is
 * away; only its errors pass, and of those not the ones that count attempts: the outage is said once, by temporal-watch.ts.
 */
export function installTemporalLog(log: Logger): void {
  Runtime.install({
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
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
  })
}

type Level = (typeof levels)[keyof typeof levels]

const COUNTS_ATTEMPTS = /^gRPC call \w+ retried \d+ times$/

/** The level at which a line of the SDK is of use to an operator. */
export function levelFor(level: Level, message: string, meta: Record<string, unknown>): Level {
  if (COUNTS_ATTEMPTS.test(message)) return 'debug'
  // Below errors, what the SDK says of itself is its life cycle; the workflows' own lines are for operators.
  return level !== 'error' && meta['workflowId'] === undefined ? 'debug' : level
}

function write(log: Logger, level: Level, message: string, meta: Record<string, unknown> = {}): void {
  const shown = shownFields
    .filter((field) => meta[field] !== undefined)
    .map((field) => [field, text(meta[field])])
  log[levelFor(level, message, meta)](Object.fromEntries(shown), message)
}

const text = (value: unknown): string => (value instanceof Error ? value.message : String(value))
