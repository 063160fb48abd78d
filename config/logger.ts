import { AsyncLocalStorage } from 'node:async_hooks'
import { ecsFormat } from '@elastic/ecs-pino-format'
import { pino } from 'pino'
import type { Config } from './config.ts'
import { type LogFields, namedFields } from './log-fields.ts'
import { activeTrace } from '../tracing/active-span.ts'
import { productVersion } from './product-version.ts'

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const
export type LogLevel = (typeof levels)[number]

/** Writes lines. Each level is said in docs/logs.md. */
export type Logger = Record<LogLevel, (fields: LogFields, message: string) => void>

const scopes = new AsyncLocalStorage<LogFields>()

/**
 * Does `work`, whose lines of the log all have these fields besides their own: those of a request, or of an activity.
 */
export const withLogFields = <T>(fields: LogFields, work: () => T): T =>
  scopes.run({ ...scopes.getStore(), ...fields }, work)

/** The fields that lines have here, by `withLogFields`. */
export const logFieldsHere = (): LogFields => scopes.getStore() ?? {}

/**
 * Creates a logger of JSON lines on standard output in the form of ECS; `role` names the process.
 * @param write takes the lines instead; for tests
 */
export function createLogger(
  level: Config['logLevel'],
  role: string,
  write?: { write: (line: string) => void },
): Logger {
  const format = ecsFormat({
    apmIntegration: false,
    serviceName: `rollcall-${role}`,
    serviceVersion: productVersion(),
  })
  const lines = write === undefined ? pino({ ...format, level }) : pino({ ...format, level }, write)
  const at = (levelOf: LogLevel) => (fields: LogFields, message: string) => {
    if (!lines.isLevelEnabled(levelOf)) return
    const { traceId, spanId } = activeTrace() ?? {}
    lines[levelOf](namedFields({ ...logFieldsHere(), traceId, spanId, ...fields }), message)
  }
  return Object.fromEntries(levels.map((name) => [name, at(name)])) as Logger
}
