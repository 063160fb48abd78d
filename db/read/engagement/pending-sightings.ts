import type { ReadSession } from '../../nodes/snapshot.ts'

/** Batches of which presences are not in the bitmaps yet, and how many offsets they have. */
export type UnfoldedPresence = {
  batches: number
  offsets: bigint
  /** Time of their earliest event; null: there are none. */
  firstEventAt: Date | null
}

export async function readUnfoldedPresence({ sql }: ReadSession): Promise<UnfoldedPresence> {
  const [row] = await sql<UnfoldedPresence[]>`
    /* unfoldedPresence */
    select count(*)::integer as batches, coalesce(sum(to_offset - from_offset), 0)::bigint as offsets,
           min(coalesce(first_event_at, 'epoch')) as "firstEventAt"
    from (select distinct batch_id from presence_delta) as waiting
    left join batch on batch.id = batch_id`
  return row ?? { batches: 0, offsets: 0n, firstEventAt: null }
}
