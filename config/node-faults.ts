import { LRUCache } from 'lru-cache'
import type { Logger } from './logger.ts'
import { counted, FaultCount } from './repeated-fault.ts'

/** Kinds of warnings that are counted at a time. */
const MOST_WARNINGS = 100

/** kafkajs sets timers that are due already, as when a broker comes back; Node.js has them end at once. */
const HARMLESS = new Set(['TimeoutNegativeWarning'])

/**
 * Has `log` what Node.js would write as text to standard error: warnings, deprecations, and the error that nobody caught, after
 * which the process ends with code 1.
 */
export function logNodeFaults(log: Logger): void {
  const warnings = new LRUCache<string, FaultCount>({ max: MOST_WARNINGS })
  // Those of Node.js itself, which write the text.
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    const kind = `${warning.name} ${warning.message.replaceAll(/\d+/g, '#')}`
    const count = warnings.get(kind) ?? new FaultCount()
    warnings.set(kind, count)
    const said = count.failed(performance.now())
    const level = HARMLESS.has(warning.name) ? 'debug' : 'warn'
    if (said !== null) log[level]({ err: warning, ...counted(said) }, `Node.js warns: ${warning.message}`)
  })
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error }, `the process ends by an error that nobody caught (${origin})`)
    process.exit(1)
  })
}
