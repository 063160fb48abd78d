import type { Read } from '../../db/nodes/request-reader.ts'
import type { CommandSigner } from '../../signatures/command-signer.ts'
import type { TemporalAccess } from '../sources/temporal-access.ts'
import type { AuditDeps } from './audit.ts'

/** What sending and auditing commands takes. */
export type CommandDeps = AuditDeps &
  TemporalAccess & {
    /** Reads the primary, because replicas may be behind and a command must act on what is so now. */
    readPrimary: Read
    sign: CommandSigner['sign']
    /** The time now, Unix milliseconds. */
    clock: () => number
  }

/** The workflow that a command goes to, and what its sender is told if it does not answer. */
export type Destination = {
  workflowId: string
  /** The message if there is no such workflow: why, and what to do. */
  absent: string
  /** The query that shows what became of a command that was not finished in time. */
  shownBy: string
}
