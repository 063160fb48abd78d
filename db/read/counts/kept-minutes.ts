import type { ReadSession } from '../../nodes/snapshot.ts'

/**
 * From when on counts by minute are kept; null: all are. Counts by quarter of an hour and by hour are kept
 * for ever.
 */
export async function readMinutesKeptFrom({ sql }: Pick<ReadSession, 'sql'>): Promise<Date | null> {
  const [bound] = await sql<{ kept_from: Date }[]>`
    /* readMinutesKeptFrom */
    select kept_from from retention_bound where what = 'minute_count'`
  return bound?.kept_from ?? null
}
