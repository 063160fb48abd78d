import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

export type { Logger }

/** Logs one JSON line per event to standard output; `role` names the process. Errors go under the key `err`. */
export const createLogger = (level: Config['logLevel'], role: string): Logger =>
  pino({ level, base: { role, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime })
