import { isoTime } from '../../../domain/time/iso-time.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** A spelling of outcome that is not understood. Null: all that are not listed. */
export type UnknownOutcome = { spelling: string | null; attempts: bigint }

/** How many spellings are listed; more would be texts that differ from login to login. */
const MAX_SPELLINGS = 20

/**
 * The outcomes that were not understood among what was counted since a moment (Unix milliseconds): the most frequent
 * spellings, and all others together at the end.
 */
export async function readUnknownOutcomes(
  { sql }: ReadSession,
  topic: string,
  sinceMs: number,
): Promise<UnknownOutcome[]> {
  return await sql<UnknownOutcome[]>`
    /* readUnknownOutcomes */
    with kept as (
      select unknown_outcomes from batch
      where unknown_outcomes is not null and committed_at > ${isoTime(sinceMs)}::text::timestamptz and topic = ${topic}
      union all
      select change.unknown_outcomes from batch_revision change join batch on batch.id = batch_id
      where change.unknown_outcomes is not null and change.committed_at > ${isoTime(sinceMs)}::text::timestamptz and topic = ${topic}
    ), spelled as (
      select entry ->> 0 as spelling, sum((entry ->> 1)::bigint) as attempts
      from kept cross join json_array_elements(unknown_outcomes) as entry
      group by 1
    ), ranked as (
      select *, row_number() over (order by spelling is null, attempts desc, spelling) as place from spelled
    )
    select spelling, attempts::bigint from (
      select case when place <= ${MAX_SPELLINGS}::integer then spelling end as spelling, sum(attempts) as attempts
      from ranked group by 1
    ) as listed
    order by spelling is null, attempts desc, spelling`
}
