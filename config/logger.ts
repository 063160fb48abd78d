import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

export type { Logger }

/**
 * Creates a logger of JSON lines on standard output; `role` names the process. Errors with a stack belong
 * under the key `err`.
 */
export const createLogger = (level: Config['logLevel'], role: string): Logger =>
  pino({ level, base: { role, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime })
