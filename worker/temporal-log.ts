import { Runtime } from '@temporalio/worker'
import type { Logger } from 'pino'

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const

/** Fields of workflow logs that help a reader; the rest names the SDK's internals. */
const shownFields = ['workflowId', 'reason', 'error'] as const

/**
 * Sends the log of workflows and of the SDK to `log`. The SDK's core speaks a line per failed attempt while Temporal is
 * away; only its errors pass, and the outage itself is said by temporal-watch.ts.
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

function write(log: Logger, level: Level, message: string, meta: Record<string, unknown> = {}): void {
  const shown = shownFields
    .filter((field) => meta[field] !== undefined)
    .map((field) => [field, text(meta[field])])
  // Below errors, what the SDK says of itself is its life cycle; the workflows' own lines are for operators.
  const ownLifeCycle = level !== 'error' && meta['workflowId'] === undefined
  log[ownLifeCycle ? 'debug' : level](Object.fromEntries(shown), message)
}

const text = (value: unknown): string => (value instanceof Error ? value.message : String(value))
