import { arrayColumns, dimensions } from '../../domain/counts/dimensions.ts'
import type { DecidedBatch } from '../../domain/batch/batch.ts'
import type { NewSightings } from '../../domain/sightings/sighting-list.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { arrayText } from './array-text.ts'
import type { Transaction } from '../connection/connect.ts'
import { copyLogins, type LoginRows } from './copy-logins.ts'

/**
 * Writes what the logins of a batch add: counts, sightings, rows. A batch that is read, one that is replayed
 * and rejects that are redriven all use it. `ownWrites` were sent just before: postgres.js sends statements
 * without waiting for the answers, and the rows follow only once all of these have succeeded. Everything is
 * appended, so that concurrent transactions do not wait for each other.
 */
export async function writeLogins(
  tx: Transaction,
  batch: { id: bigint; revision: number },
  decided: DecidedBatch,
  rows: LoginRows,
  ownWrites: Promise<void>[],
): Promise<void> {
  await Promise.all([
    ...ownWrites,
    insertDelta(tx, batch, decided),
    insertSightings(tx, batch, decided.sightings),
  ])
  await copyLogins(tx, rows)
}

async function insertDelta(
  tx: Transaction,
  { id, revision }: { id: bigint; revision: number },
  { range, minutes: counts, arrivals }: DecidedBatch,
): Promise<void> {
  if (counts.logins.length === 0) return
  await tx`/* insertDelta */
    with rollup as (
      insert into pending_rollup (batch_id, revision, topic) values (${id}, ${revision}, ${range.topic})
    ), commit_rollup as (
      insert into pending_commit_rollup (batch_id, revision) values (${id}, ${revision})
    )
    insert into login_count_delta (batch_id, revision, buckets, ${tx.unsafe(arrayColumns)}, logins,
                                   counted_at, out_of_order, lateness, delays)
    values (${id}, ${revision}, ${arrayText(moments(counts.buckets))}::text::timestamptz[],
            ${dimensions.map(({ list }) => tx`${arrayText(counts[list])}::text::text[],`)}
            ${`{${counts.logins.join(',')}}`}::text::bigint[], ${isoTime(arrivals.countedAtMs)}::timestamptz, ${arrivals.outOfOrder},
            ${arrivals.lateness}::integer[], ${arrivals.delays}::integer[])`
}

/**
 * Writes the sightings that are not known to be written yet; db/rollups/roll-up-sightings.ts takes them from
 * there.
 */
async function insertSightings(
  tx: Transaction,
  { id, revision }: { id: bigint; revision: number },
  { entries, json }: NewSightings,
): Promise<void> {
  if (entries === 0) return
  await tx`/* insertSightings */
    insert into sighting_delta (batch_id, revision, entries, sightings)
    values (${id}, ${revision}, ${entries}, ${json}::text::json)`
}

/** Formats times. Most buckets occur many times, so that each is formatted once. */
function moments(timesMs: readonly number[]): string[] {
  const written = new Map<number, string>()
  return timesMs.map((timeMs) => {
    const text = written.get(timeMs) ?? isoTime(timeMs)
    written.set(timeMs, text)
    return text
  })
}
