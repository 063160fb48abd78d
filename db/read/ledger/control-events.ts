import { countUpTo, type Key, orderOfPage, type Page, type TimeRange, withinPage } from '../keyset.ts'
import type { CommandName } from '../../../domain/pipeline/command-name.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

export type ControlResultName = 'done' | 'refused' | 'failed'

export type ControlEventRow = {
  id: bigint
  command_id: string
  requested_at: Date
  actor: string
  is_verified: boolean
  command: CommandName
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
  commands: CommandName[] | null
  actor: string | null
  results: ControlResultName[] | null
  requested: TimeRange
}

export const keyOfControlEvent = (row: ControlEventRow): Key => ({ at: row.key_at, ids: [row.id] })

/** Reads the commands of all topics by when they were requested. */
export async function readControlEvents(
  { sql }: ReadSession,
  filter: ControlEventFilter,
  page: Page,
): Promise<ControlEventRow[]> {
  return await sql<ControlEventRow[]>`
    /* readControlEvents */
    select ${columns(sql)} ${eventsOf(sql, filter, page)} ${orderOfPage(sql, ['requested_at', 'id'], page)}`
}

/** Reads one command. Null: there is no such row. */
export async function readControlEvent({ sql }: ReadSession, id: bigint): Promise<ControlEventRow | null> {
  const [event] = await sql<ControlEventRow[]>`
    /* readControlEvent */ select ${columns(sql)} from control_event where id = ${id}`
  return event ?? null
}

const columns = (sql: ReadSession['sql']) => sql`
  id, command_id, requested_at, actor, is_verified, command, topic, partitions, reason, result, detail, requested_at::text as key_at`

/** Counts commands, up to a limit. */
export const countControlEvents = (
  session: ReadSession,
  filter: ControlEventFilter,
  limit: number,
): Promise<number> => countUpTo(session, eventsOf(session.sql, filter, null), limit)

function eventsOf(
  sql: ReadSession['sql'],
  { commandId, commands, actor, results, requested }: ControlEventFilter,
  page: Page | null,
) {
  return sql`
    from control_event
    where true
      ${commandId === null ? sql`` : sql`and command_id = ${commandId}`}
      ${commands === null ? sql`` : sql`and command = any(${commands}::text[])`}
      ${actor === null ? sql`` : sql`and actor = ${actor}`}
      ${results === null ? sql`` : sql`and result = any(${results}::text[])`}
      ${withinPage(sql, ['requested_at', 'id'], page, requested)}`
}
