import { type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

export type ControlResultName = 'done' | 'refused' | 'failed'

export type ControlEventRow = {
  id: bigint
  command_id: string
  requested_at: Date
  actor: string
  command: string
  topic: string
  partitions: number[] | null
  reason: string
  result: ControlResultName
  detail: unknown
  /** requested_at to the microsecond. */
  key_at: string
}

export type ControlEventFilter = {
  commandId: string | null
  command: string | null
  actor: string | null
  results: ControlResultName[] | null
  requested: TimeRange
}

export const keyOfControlEvent = (row: ControlEventRow): Key => ({ at: row.key_at, ids: [row.id] })

/** Reads the commands of all topics by when they were requested. */
export async function readControlEvents(
  { sql }: ReadSession,
  { commandId, command, actor, results, requested }: ControlEventFilter,
  page: Page,
): Promise<ControlEventRow[]> {
  return await sql<ControlEventRow[]>`
    /* readControlEvents */
    select id, command_id, requested_at, actor, command, topic, partitions, reason, result, detail,
           requested_at::text as key_at
    from control_event
    where true
      ${commandId === null ? sql`` : sql`and command_id = ${commandId}`}
      ${command === null ? sql`` : sql`and command = ${command}`}
      ${actor === null ? sql`` : sql`and actor = ${actor}`}
      ${results === null ? sql`` : sql`and result = any(${results}::text[])`}
      ${withinPage(sql, ['requested_at', 'id'], page, requested)}
    ${orderOfPage(sql, ['requested_at', 'id'], page)}`
}
