import { type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

export type AlertRow = {
  id: bigint
  raised_at: Date
  cleared_at: Date | null
  kind: string
  topic: string
  partition: number | null
  subject: string
  detail: unknown
  /** raised_at to the microsecond. */
  key_at: string
}

export type AlertFilter = {
  isOpen: boolean | null
  kinds: string[] | null
  partition: number | null
  raised: TimeRange
}

export const keyOfAlert = (row: AlertRow): Key => ({ at: row.key_at, ids: [row.id] })

/** Reads alerts by when they were raised. */
export async function readAlerts(
  { sql }: ReadSession,
  topic: string,
  { isOpen, kinds, partition, raised }: AlertFilter,
  page: Page,
): Promise<AlertRow[]> {
  return await sql<AlertRow[]>`
    /* readAlerts */
    select id, raised_at, cleared_at, kind, topic, partition, subject, detail, raised_at::text as key_at
    from alert
    where topic = ${topic}
      ${isOpen === null ? sql`` : sql`and (cleared_at is null) = ${isOpen}`}
      ${kinds === null ? sql`` : sql`and kind = any(${kinds}::text[])`}
      ${partition === null ? sql`` : sql`and partition = ${partition}`}
      ${withinPage(sql, ['raised_at', 'id'], page, raised)}
    ${orderOfPage(sql, ['raised_at', 'id'], page)}`
}
