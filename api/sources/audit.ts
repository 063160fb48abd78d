import { withDeadline } from '../../concurrency/with-deadline.ts'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import type { Audit } from '../context/audit.ts'
import type { Logger } from '../context/logger.ts'

/** The API waits no longer than this, because a frozen primary does not end slow statements. */
const WRITE_DEADLINE_MS = 3_000

/** @param append writes an event on the primary */
export const createAudit = (append: (event: AuditEvent) => Promise<void>, logger: Logger): Audit => ({
  record: async (event) => {
    try {
      await withDeadline(append(event), {
        milliseconds: WRITE_DEADLINE_MS,
        message: `the primary did not answer within ${WRITE_DEADLINE_MS} ms`,
      })
      return true
    } catch (error) {
      logger.error(
        { err: error, auditEvent: JSON.stringify(event) },
        'an event could not be recorded in the audit, because the primary did not take it: this line has it',
      )
      return false
    }
  },
})
