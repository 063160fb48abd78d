import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from '../../../config/config.ts'
import { createLogger } from '../../../config/logger.ts'
import { installTemporalLog } from '../../../worker/temporal-log.ts'
import { runWorker } from '../../../worker/run-worker.ts'

// The worker, but slow between the steps of a batch: of faults at any moment, many come between two commits.

const STEP_MS = 60

const config = loadConfig(process.env)
const log = createLogger('info', 'dawdling-worker')
installTemporalLog(log, config.metrics)
await runWorker({
  config,
  log,
  codeVersion: 'test',
  stop: new AbortController().signal,
  onStep: async () => {
    await sleep(STEP_MS)
  },
})
