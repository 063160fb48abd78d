import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { canonicalJson } from '../../domain/audit/canonical-json.ts'
import type { Sql, Transaction } from '../connection/connect.ts'

/**
 * Appends an event to the chain of the audit (G10). Safe to repeat: the same event is appended once. Others wait
 * until the transaction ends, so let it be short.
 */
export async function recordAuditEvent(sql: Sql | Transaction, event: AuditEvent): Promise<void> {
  await sql`/* recordAuditEvent */ select append_audit_event(${canonicalJson(event)})`
}

/** Appends events in their order, all or none, as recordAuditEvent does. */
export async function recordAuditEvents(
  sql: Sql | Transaction,
  events: readonly AuditEvent[],
): Promise<void> {
  await sql`/* recordAuditEvents */
    select append_audit_event(event) from unnest(${events.map(canonicalJson)}::text[]) as event`
}
