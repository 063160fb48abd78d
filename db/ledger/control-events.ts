import type { Sql } from '../connection/connect.ts'

export type ControlEvent = {
  /** Identifies the command: writing it again changes nothing. */
  commandId: string
  /** ISO 8601. */
  requestedAt: string
  actor: string
  command: string
  topic: string
  /** Null: the whole topic. */
  partitions: number[] | null
  reason: string
  result: 'done' | 'refused' | 'failed'
  /** What came of the command, or why it was refused or failed. Kept as JSON. */
  detail: Record<string, unknown>
}

/** Appends to the audit table (G10). Safe to repeat. */
export async function recordControlEvent(sql: Sql, event: ControlEvent): Promise<void> {
  await sql`/* recordControlEvent */
    insert into control_event (command_id, requested_at, actor, command, topic, partitions, reason, result, detail)
    values (${event.commandId}, ${event.requestedAt}, ${event.actor}, ${event.command}, ${event.topic}, ${event.partitions}::integer[],
            ${event.reason}, ${event.result}, ${JSON.stringify(event.detail)}::text::jsonb)
    on conflict (command_id) do nothing`
}
