import { Runtime, type RuntimeOptions } from '@temporalio/worker'
import { LRUCache } from 'lru-cache'
import { cannotListen } from '../config/cannot-listen.ts'
import type { Config } from '../config/config.ts'
import type { LogFields } from '../config/log-fields.ts'
import type { Logger } from '../config/logger.ts'
import { counted, FaultCount } from '../config/repeated-fault.ts'

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const

/** What the SDK and our workflows and activities say beside a message, if it is of use to a reader; the rest are internals. */
const shown = {
  // Of workflows it has the name runId, of activities workflowRunId.
  ...{ workflowId: 'workflowId', runId: 'runId', workflowRunId: 'runId' },
  ...{ activityType: 'activity', attempt: 'attempt' },
  ...{ topic: 'topic', partition: 'partition', offset: 'offset', from: 'from', to: 'to', batchId: 'batchId' },
  ...{ logins: 'logins', rejects: 'rejects', duration: 'duration', commandId: 'commandId', reason: 'reason' },
} as const satisfies Record<string, keyof LogFields>

/** Kinds of faults of the SDK that are counted at a time. */
const MOST_FAULTS = 1_000

/**
 * Sends the log of the workflows and of the SDK to `log`. Of the SDK's core only errors pass. While Temporal
 * is away, the core logs each failed attempt; those lines become level debug, because temporal-watch.ts logs
 * the outage once. What the SDK says again and again, such as that an activity has failed, is counted.
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

function optionsOf(log: Logger, { host, temporal: port }: Config['metrics']): RuntimeOptions {
  const write = createWriter(log)
  return {
    logger: {
      log: (level, message, meta) => {
        write(levels[level], message, meta)
      },
      trace: (message, meta) => {
        write('trace', message, meta)
      },
      debug: (message, meta) => {
        write('debug', message, meta)
      },
      info: (message, meta) => {
        write('info', message, meta)
      },
      warn: (message, meta) => {
        write('warn', message, meta)
      },
      error: (message, meta) => {
        write('error', message, meta)
      },
    },
    telemetryOptions: {
      logging: { forward: {}, filter: 'ERROR' },
      ...(port === null ? {} : { metrics: { prometheus: prometheusAt(host, port) } }),
    },
  }
}

/** Names and units as Prometheus' conventions want them. */
const prometheusAt = (host: string, port: number) => ({
  bindAddress: `${host.includes(':') ? `[${host}]` : host}:${port}`,
  countersTotalSuffix: true,
  unitSuffix: true,
  useSecondsForDurations: true,
})

type Level = (typeof levels)[keyof typeof levels]
type Meta = Record<string, unknown>

const COUNTS_ATTEMPTS = /^gRPC call \w+ retried \d+ times$/

/** The level under which a line is logged: debug if it is of no use to an operator. */
export function levelFor(level: Level, message: string, meta: Meta): Level {
  if (COUNTS_ATTEMPTS.test(message)) return 'debug'
  // Lines without a workflow are the SDK's; below level error they are about its own life cycle.
  return level !== 'error' && meta['workflowId'] === undefined ? 'debug' : level
}

/** Writes what the SDK is told to log, and what it says itself. */
export function createWriter(
  log: Logger,
  clock: () => number = () => performance.now(),
): (level: Level, message: string, meta?: Meta) => void {
  const faults = new LRUCache<string, FaultCount>({ max: MOST_FAULTS })
  return (given, message, meta = {}) => {
    const level = levelFor(given, message, meta)
    const isFault = isOfSdk(meta) && (level === 'warn' || level === 'error')
    const key = isFault ? keyOf(message, meta) : ''
    const fault = faults.get(key) ?? new FaultCount()
    if (isFault) faults.set(key, fault)
    const said = isFault ? fault.failed(clock()) : null
    if (isFault && said === null) return
    log[level]({ ...fieldsOf(level, meta), ...(said === null ? {} : counted(said)) }, message)
  }
}

/** Unlike what our workflows and activities say, each line of which is news. */
const isOfSdk = ({ sdkComponent }: Meta): boolean =>
  sdkComponent !== 'workflow' && sdkComponent !== 'activity'

/** What tells one fault from another: not its numbers, such as those of attempts. */
const keyOf = (message: string, { workflowId, activityType }: Meta): string =>
  JSON.stringify([message.replaceAll(/\d+/g, '#'), workflowId, activityType])

function fieldsOf(level: Level, meta: Meta): LogFields {
  const fields = Object.entries(shown).flatMap(([name, field]) => {
    const value = meta[name]
    return typeof value === 'string' || typeof value === 'number' ? [[field, value] as const] : []
  })
  const { error } = meta
  // An outage is one of many causes of a warning, and needs no stack.
  const told = error instanceof Error && level !== 'error' ? { error: error.message } : { err: error }
  return { ...Object.fromEntries(fields), ...(error === undefined ? {} : told) }
}
