import type { AuditEvent, AuditKind } from '../../../domain/audit/audit-event.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { countUpTo, type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'

/** An event of the audit, and its place in the chain. */
export type AuditEventRow = {
  seq: bigint
  hash: string
  body: string
  event: AuditEvent
  /** happened_at to the microsecond. */
  key_at: string
}

export type AuditEventFilter = { id: string | null; kinds: AuditKind[] | null; happened: TimeRange }

export const keyOfAuditEvent = (row: AuditEventRow): Key => ({ at: row.key_at, ids: [row.seq] })

/** Reads events by when they happened. */
export async function readAuditEvents(
  { sql }: ReadSession,
  filter: AuditEventFilter,
  page: Page,
): Promise<AuditEventRow[]> {
  return await sql<AuditEventRow[]>`
    /* readAuditEvents */
    select ${columns(sql)} ${eventsOf(sql, filter, page)} ${orderOfPage(sql, ['happened_at', 'seq'], page)}`
}

/** Reads one event. Null: there is no event with this number. */
export async function readAuditEvent({ sql }: ReadSession, seq: bigint): Promise<AuditEventRow | null> {
  const [row] = await sql<
    AuditEventRow[]
  >`/* readAuditEvent */ select ${columns(sql)} from audit_event where seq = ${seq}`
  return row ?? null
}

const columns = (sql: ReadSession['sql']) =>
  sql`seq, hash, body, body::jsonb as event, happened_at::text as key_at`

/** Counts events, up to a limit. */
export const countAuditEvents = (
  session: ReadSession,
  filter: AuditEventFilter,
  limit: number,
): Promise<number> => countUpTo(session, eventsOf(session.sql, filter, null), limit)

function eventsOf(sql: ReadSession['sql'], { id, kinds, happened }: AuditEventFilter, page: Page | null) {
  return sql`
    from audit_event
    where true
      ${id === null ? sql`` : sql`and id = ${id}`}
      ${kinds === null ? sql`` : sql`and kind = any(${kinds}::text[])`}
      ${withinPage(sql, ['happened_at', 'seq'], page, happened)}`
}
