import { CannotListen } from '../config/cannot-listen.ts'
import type { Config } from '../config/config.ts'
import { loadProcessConfig } from '../config/environment.ts'
import type { LogFields } from '../config/log-fields.ts'
import { createLogger, type Logger } from '../config/logger.ts'
import { logNodeFaults } from '../config/node-faults.ts'
import { productVersion } from '../config/product-version.ts'
import { SchemaRefusal } from '../db/schema/schema-version.ts'
import { PipelineFailure } from '../domain/pipeline/failure.ts'
import { TlsProblem } from '../tls/tls-problem.ts'
import { installTemporalLog } from './temporal-log.ts'

type Run = (options: { config: Config; log: Logger; codeVersion: string; stop: AbortSignal }) => Promise<void>

/**
 * Runs this process until a signal stops it, then ends it: with 0, or with 1 after a line of the log that says why.
 * @param role as the log calls it
 * @param onStop what the log says at a signal
 */
export async function runProcess(role: 'worker' | 'upkeep', onStop: string, run: Run): Promise<never> {
  const config = loadProcessConfig()
  const log = createLogger(config.logLevel, role)
  logNodeFaults(log)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      log.info({ signal }, onStop)
      stop.abort()
    })
  }
  try {
    installTemporalLog(log, config.metrics)
    await run({ config, log, codeVersion: productVersion(), stop: stop.signal })
    log.info({}, `${role} has stopped`)
    process.exit(0)
  } catch (error) {
    if (error instanceof SchemaRefusal) log.fatal({}, error.message)
    else log.fatal(describe(error), `${role} failed`)
    process.exit(1)
  }
}

/** The message of an error that says what to do; any other with its stack. */
function describe(error: unknown): LogFields {
  const isSaid = [PipelineFailure, TlsProblem, CannotListen].some((said) => error instanceof said)
  return isSaid ? { error: (error as Error).message } : { err: error }
}
