import type { ReadSession } from '../../nodes/snapshot.ts'

/** Batches whose sightings are not in the bitmaps yet, and how many offsets they have. */
export type PendingSightings = {
  batches: number
  offsets: bigint
  /** Time of their earliest event; null: there are no such batches. */
  firstEventAt: Date | null
}

export async function readPendingSightings({ sql }: ReadSession): Promise<PendingSightings> {
  const [row] = await sql<PendingSightings[]>`
    /* readPendingSightings */
    select count(*)::integer as batches, coalesce(sum(to_offset - from_offset), 0)::bigint as offsets,
           min(coalesce(first_event_at, 'epoch')) as "firstEventAt"
    from (select distinct batch_id from sighting_delta) as waiting
    left join batch on batch.id = batch_id`
  return row ?? { batches: 0, offsets: 0n, firstEventAt: null }
}
