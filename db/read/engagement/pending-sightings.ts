import type { ReadSession } from '../../nodes/snapshot.ts'

/** Batches whose sightings are not in the bitmaps yet, and how many offsets they have. */
export type PendingSightings = {
  batches: number
  offsets: bigint
  /** Time of their earliest event; null: there are no such batches. */
  firstEventAt: Date | null
}

/** How far the sets of users, devices and addresses are behind the counts, in microseconds since 1970. */
export type SetsReach = {
  /** When the first change was written that they lack; null: they lack none. */
  lackFrom: bigint | null
  /** When the last change was written that is counted; null: nothing is. */
  writtenTo: bigint | null
}

/**
 * Sets include a change when they include all that were written up to it: a batch leaves out who is in one that was
 * committed before it.
 */
export const reaches = ({ lackFrom }: SetsReach, writtenAt: bigint): boolean =>
  lackFrom === null || writtenAt < lackFrom

export async function readSetsReach({ sql }: Pick<ReadSession, 'sql'>): Promise<SetsReach> {
  const [row] = await sql<SetsReach[]>`
    /* readSetsReach */
    select (extract(epoch from min(committed_at)) * 1000000)::bigint as "lackFrom",
           (extract(epoch from greatest((select max(committed_at) from batch), (select max(committed_at) from batch_revision)))
             * 1000000)::bigint as "writtenTo"
    from (select distinct batch_id, revision from sighting_delta) as waiting
    cross join lateral (
      select case when waiting.revision = 0 then (select committed_at from batch where id = waiting.batch_id)
             else (select committed_at from batch_revision changed
                   where changed.batch_id = waiting.batch_id and changed.revision = waiting.revision) end as committed_at
      offset 0
    ) as written`
  if (row === undefined) throw new Error('readSetsReach returned no row')
  return row
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
