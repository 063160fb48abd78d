import { CannotListen } from '../config/cannot-listen.ts'
import { loadProcessConfig } from '../config/environment.ts'
import type { LogFields } from '../config/log-fields.ts'
import { createLogger } from '../config/logger.ts'
import { logNodeFaults } from '../config/node-faults.ts'
import { productVersion } from '../config/product-version.ts'
import { SchemaRefusal } from '../db/schema/schema-version.ts'
import { PipelineFailure } from '../domain/pipeline/failure.ts'
import { TlsProblem } from '../tls/tls-problem.ts'
import { runWorker } from './run-worker.ts'
import { installTemporalLog } from './temporal-log.ts'

const config = loadProcessConfig()
const log = createLogger(config.logLevel, 'worker')
logNodeFaults(log)
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    log.info(
      { signal },
      'worker stops: it ends its slices after the batch in hand, and other workers take over',
    )
    stop.abort()
  })
}

try {
  installTemporalLog(log, config.metrics)
  await runWorker({ config, log, codeVersion: productVersion(), stop: stop.signal })
  log.info({}, 'worker has stopped')
  process.exit(0)
} catch (error) {
  if (error instanceof SchemaRefusal) log.fatal({}, error.message)
  else log.fatal(describe(error), 'worker failed')
  process.exit(1)
}

/** The message of an error that says what to do; any other with its stack. */
function describe(error: unknown): LogFields {
  const isSaid = [PipelineFailure, TlsProblem, CannotListen].some((said) => error instanceof said)
  return isSaid ? { error: (error as Error).message } : { err: error }
}
