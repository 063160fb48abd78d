import { readFile } from 'node:fs/promises'
import { loadProcessConfig } from '../config/environment.ts'
import { createLogger } from '../config/logger.ts'
import { runWorker } from './run-worker.ts'
import { installTemporalLog } from './temporal-log.ts'

const config = loadProcessConfig()
const log = createLogger(config.logLevel, 'worker')
installTemporalLog(log)

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    log.info({ signal }, 'handing the partitions over')
    stop.abort()
  })
}

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}
try {
  await runWorker({ config, log, codeVersion: version, stop: stop.signal })
  log.info('worker has stopped')
  process.exit(0)
} catch (error) {
  log.fatal({ error: error instanceof Error ? error.stack : String(error) }, 'worker failed')
  process.exit(1)
}
