import type { AuditEvent } from '../../domain/audit/audit-event.ts'

/** Where the API records what must be answered for. */
export type Audit = {
  /**
   * Appends an event to the audit on the primary. It never throws, and takes a few seconds at most.
   * @returns whether the audit has it; if not, the log has
   */
  record: (event: AuditEvent) => Promise<boolean>
}
