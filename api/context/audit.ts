import type { AuditDetails, AuditEvent } from '../../domain/audit/audit-event.ts'
import type { Actor } from './actor.ts'
import type { Seen } from './look.ts'

/** Where the API records what must be answered for. */
export type Audit = {
  /**
   * Appends an event to the audit on the primary. It never throws, and takes a few seconds at most.
   * @returns whether the audit has it; if not, the log has
   */
  record: (event: AuditEvent) => Promise<boolean>
}

/** To whom an answer is shown, and how. */
export type Viewer = Pick<AuditDetails['persons_read'], 'by' | 'address' | 'requestId'> & { actor: Actor }

/** Where the API records who looked at whom (AUDIT_READS). */
export type LookAudit = {
  /**
   * Has a look in the audit on the primary, before what was looked at may be shown. It never throws, and takes a few seconds
   * at most. The same look of the same viewer within a minute is in it once.
   * @returns whether the audit has it; if not, nothing may be shown
   */
  record: (viewer: Viewer, seen: Seen) => Promise<boolean>
}

/**
 * Counts what was refused of an address, of which anyone may send any number, for the audit.
 * @param address null: unknown
 */
export type CountRefusal = (address: string | null, refused: { code: string; message: string }) => void
