import { randomUUID } from 'node:crypto'
import { repeatedFault } from '../../../config/repeated-fault.ts'
import type { ReplacedPool } from '../../../db/connection/replaced-pool.ts'
import { recordAuditEvents } from '../../../db/ledger/audit-events.ts'
import {
  deleteSessionsPastLimits,
  type SessionLimits,
  type SessionPastLimit,
} from '../../../db/sessions/browser-sessions.ts'
import type { AuditEvent } from '../../../domain/audit/audit-event.ts'
import type { Logger } from '../../context/logger.ts'

const EVERY_MS = 60_000
/** Appending events keeps others from the audit for the time of a transaction. */
const AT_ONCE = 200

/**
 * Returns what removes the sessions that have ended by themselves, unused or too old, and has in the audit that they did: in one
 * transaction, so that each is in it once, whichever API removes it.
 */
export const pastLimits = (primary: ReplacedPool, limits: SessionLimits) => async (): Promise<void> => {
  const some = () =>
    primary.run((sql) =>
      sql.begin(async (tx) => {
        const ended = await deleteSessionsPastLimits(tx, limits, AT_ONCE)
        if (ended.length > 0) await recordAuditEvents(tx, ended.map(eventOf))
        return ended.length
      }),
    )
  while ((await some()) === AT_ONCE);
}

/** Does so every minute, also where nobody signs in. */
export function everyMinute(endPastLimits: () => Promise<void>, logger: Logger): void {
  const fault = repeatedFault(logger, {
    level: 'warn',
    failing: 'sessions past their limits are not in the audit yet',
    works: 'sessions past their limits are in the audit again',
  })
  setInterval(() => {
    endPastLimits().then(fault.worked, (error: unknown) => {
      fault.failed({ error: String(error) })
    })
  }, EVERY_MS).unref()
}

const eventOf = ({ issuer, subject, name, way, limit, endedAt }: SessionPastLimit): AuditEvent => ({
  id: randomUUID(),
  kind: 'sign_out',
  at: endedAt.toISOString(),
  actor: { issuer, subject, name, verified: true },
  result: 'done',
  detail: { provider: way, by: 'limit', facts: { limit } },
})
