import type { AuditActor, AuditDetails, AuditEvent, AuditResult } from '../../domain/audit/audit-event.ts'
import { actorText, type CommandActor } from '../../domain/access/command-proof.ts'
import type { Sql } from '../connection/connect.ts'
import { recordAuditEvent } from './audit-events.ts'

type Detail = AuditDetails['command']

/** A command as workflows and the API give it to the audit. */
export type ControlEvent = Pick<Detail, 'command' | 'topic' | 'partitions' | 'reason'> & {
  /** Identifies the command: the same event again changes nothing. */
  commandId: string
  /** ISO 8601. */
  requestedAt: string
  actor: CommandActor
  result: AuditResult
  /** What came of the command, or why it was refused or failed. */
  detail: Detail['facts']
}

/** Who sent a command, as the audit has it: proven if somebody vouches for it, otherwise the name says that nobody does. */
export const auditedActor = (actor: CommandActor): AuditActor => {
  const { issuer, subject, name } = actor
  if (issuer !== null) return { issuer, subject, name, verified: true }
  return { issuer, subject, name: actorText(actor), verified: false }
}

/** A command as an event of the audit. */
export function controlEvent(event: ControlEvent): AuditEvent<'command'> {
  const { commandId, requestedAt, actor, command, topic, partitions, reason, result, detail } = event
  return {
    id: commandId,
    kind: 'command',
    at: new Date(requestedAt).toISOString(),
    actor: auditedActor(actor),
    result,
    detail: { command, topic, partitions, reason, facts: detail },
  }
}

/** Appends a command to the audit (G10). Safe to repeat. */
export const recordControlEvent = (sql: Sql, event: ControlEvent): Promise<void> =>
  recordAuditEvent(sql, controlEvent(event))
