import { lastWrittenAt } from '../counts/last-written.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/**
 * Finds which of these event_ids of producers have a login of a topic that is kept as a row, and when the batch of one of
 * these was written or changed last, in microseconds since 1970.
 */
export async function readCountedEvents(
  { sql }: ReadSession,
  topic: string,
  eventIds: readonly string[],
): Promise<Map<string, bigint>> {
  if (eventIds.length === 0) return new Map()
  const rows = await sql<{ id: string; writtenAt: bigint }[]>`
    /* readCountedEvents */
    select named.id, found."writtenAt" from unnest(${[...eventIds]}::text[]) as named (id)
    cross join lateral (
      select ${lastWrittenAt(sql)} as "writtenAt"
      from login join batch as latest on latest.id = login.batch_id and latest.topic = ${topic} where login.event_id = named.id
      limit 1
    ) as found`
  return new Map(rows.map(({ id, writtenAt }) => [id, writtenAt]))
}
