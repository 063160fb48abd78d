import type { Read } from '../../db/nodes/request-reader.ts'
import type { TemporalAccess } from '../sources/temporal-access.ts'
import type { AuditDeps } from './audit.ts'

/** What commands need to be sent and audited. */
export type CommandDeps = AuditDeps &
  TemporalAccess & {
    /** Replicas may be behind: what a command is told must be so. */
    readPrimary: Read
    /** Unix milliseconds. */
    clock: () => number
  }

/** Where a command goes, and what its sender is told when nobody is there. */
export type Destination = {
  workflowId: string
  /** Why there is no such workflow, and what to do. */
  absent: string
  /** Question whose answer shows what became of a command that was not finished in time. */
  shownBy: string
}
