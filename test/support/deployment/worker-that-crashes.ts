import { loadConfig } from '../../../config/config.ts'
import { createLogger } from '../../../config/logger.ts'
import { decodeRecords } from '../../../domain/decode/decode-records.ts'
import type { RulesVersion } from '../../../domain/decode/decode-rules.ts'
import { runWorker } from '../../../worker/run-worker.ts'

// The worker with a fault: ends itself by a signal when a batch comes to the step CRASH_STEP for the CRASH_AFTERth time.
// CRASH_SIGNAL is SIGKILL, or SIGSTOP for a process that freezes and may be continued; then it finishes that batch, and
// kills itself at the next one, which it might have been given by right. RULES_VERSION: it decides by rules of that
// version.

const { CRASH_STEP = '', CRASH_AFTER = '1', CRASH_SIGNAL = 'SIGKILL', RULES_VERSION = '' } = process.env
let times = 0

await runWorker({
  config: loadConfig(process.env),
  log: createLogger('info', 'crashing-worker'),
  codeVersion: 'test',
  stop: new AbortController().signal,
  decode: (records, options) =>
    decodeRecords(
      records,
      RULES_VERSION === ''
        ? options
        : { ...options, rules: { ...options.rules, version: Number(RULES_VERSION) as RulesVersion } },
    ),
  onStep: (step) => {
    if (step !== CRASH_STEP) return
    times += 1
    if (times === Number(CRASH_AFTER)) process.kill(process.pid, CRASH_SIGNAL)
    if (times > Number(CRASH_AFTER)) process.kill(process.pid, 'SIGKILL')
  },
})
