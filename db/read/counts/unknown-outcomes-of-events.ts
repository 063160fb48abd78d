import type { TimeBucket } from '../../../domain/time/bucket.ts'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** Batches that are looked into: a producer that always writes an outcome otherwise has it in every batch. */
const MOST_BATCHES = 100

/**
 * Reads how attempts with an outcome that was not understood wrote it, the most frequent spelling first, of some of the
 * batches whose events lie around a range: of all of them where they are few. Empty: the range has no such attempts.
 * @param most how many spellings
 */
export async function readSpellingsOfEvents(
  { sql }: ReadSession,
  { fromMs, toMs }: TimeBucket,
  most: number,
): Promise<string[]> {
  const range = sql`tstzrange(${isoTime(fromMs)}::text::timestamptz, ${isoTime(toMs)}::text::timestamptz)`
  const events = sql`tstzrange(batch.first_event_at, batch.last_event_at, '[]')`
  const rows = await sql<{ spelling: string }[]>`
    /* readSpellingsOfEvents */
    with kept as (
      (select batch.unknown_outcomes from batch
       where unknown_outcomes is not null and ${events} && ${range} limit ${MOST_BATCHES})
      union all
      (select change.unknown_outcomes from batch_revision as change join batch on batch.id = change.batch_id
       where change.unknown_outcomes is not null and ${events} && ${range} limit ${MOST_BATCHES})
    )
    select entry ->> 0 as spelling
    from kept cross join json_array_elements(unknown_outcomes) as entry
    where entry ->> 0 is not null
    group by 1 order by sum((entry ->> 1)::bigint) desc, 1 limit ${most}`
  return rows.map(({ spelling }) => spelling)
}
