import type { Logger as WholeLogger } from '../../config/logger.ts'

/** The part of the log that the API uses. */
export type Logger = Pick<WholeLogger, 'error' | 'warn' | 'info'>
