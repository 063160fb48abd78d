import type { ReadSession } from '../../nodes/snapshot.ts'

/** Since when counts of single minutes are kept; null: since ever. Quarters of an hour and hours are kept for ever. */
export async function readMinutesKeptFrom({ sql }: Pick<ReadSession, 'sql'>): Promise<Date | null> {
  const [bound] = await sql<{ kept_from: Date }[]>`
    /* readMinutesKeptFrom */
    select kept_from from retention_bound where what = 'minute_count'`
  return bound?.kept_from ?? null
}
