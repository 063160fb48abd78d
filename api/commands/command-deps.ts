import type { Read } from '../../db/nodes/request-reader.ts'
import type { TemporalAccess } from '../pipeline/temporal-access.ts'
import type { AuditDeps } from './audit.ts'

/** What commands need to be sent and audited. */
export type CommandDeps = AuditDeps &
  TemporalAccess & {
    /** Replicas may be behind: what a command is told must be so. */
    readPrimary: Read
    /** Unix milliseconds. */
    clock: () => number
  }
