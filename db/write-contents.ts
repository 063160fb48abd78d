import type { DecidedBatch } from '../domain/batch.ts'
import type { PresenceColumns } from '../domain/presence.ts'
import type { Transaction } from './connect.ts'
import { copyLogins, type LoginRows } from './copy-logins.ts'

/**
 * Writes what the logins of a batch add: counts, rows, users. The same for a batch that is read, replayed, or gets logins
 * out of its rejects. `ownWrites` are sent before it without waiting for each answer, as postgres.js allows; the rows
 * follow only once all of them have succeeded.
 * Keys are sorted and users come last, so that transactions beside each other cannot deadlock: partitions share users,
 * and one that inserts a user keeps the others waiting until it commits.
 */
export async function writeLogins(
  tx: Transaction,
  batch: { id: bigint; revision: number },
  decided: DecidedBatch,
  rows: LoginRows,
  ownWrites: Promise<void>[],
): Promise<void> {
  await Promise.all([...ownWrites, insertDelta(tx, batch, decided)])
  await copyLogins(tx, rows)
  await insertPresences(tx, decided.presences)
}

async function insertDelta(
  tx: Transaction,
  { id, revision }: { id: bigint; revision: number },
  { range, minutes: counts, arrivals }: DecidedBatch,
): Promise<void> {
  if (counts.logins.length === 0) return
  await tx`/* insertDelta */
    with unfolded as (
      insert into unfolded_batch (batch_id, revision, topic) values (${id}, ${revision}, ${range.topic})
    )
    insert into login_count_delta (batch_id, revision, buckets, device_types, app_versions, locales, outcomes, logins,
                                   counted_at, out_of_order, lateness, delays)
    values (${id}, ${revision}, ${counts.buckets.map(iso)}::timestamptz[], ${counts.deviceTypes}::text[],
            ${counts.appVersions}::text[], ${counts.locales}::text[], ${counts.outcomes}::text[],
            ${counts.logins.map(String)}::bigint[], ${iso(arrivals.countedAtMs)}::timestamptz, ${arrivals.outOfOrder},
            ${arrivals.lateness}::integer[], ${arrivals.delays}::integer[])`
}

/** Two partitions may write the same user: the order of keys keeps them from waiting for each other in a circle. */
async function insertPresences(tx: Transaction, { days, userIds }: PresenceColumns): Promise<void> {
  if (days.length === 0) return
  await tx`/* insertPresences */
    with seen as materialized (
      select date '1970-01-01' + day as day, user_id
      from unnest(${days.map(String)}::integer[], ${userIds}::text[]) as seen (day, user_id)
    ), present as (
      insert into user_activity (day, user_id) select day, user_id from seen order by day, user_id
      on conflict do nothing
    )
    insert into app_user as held (user_id, first_day, last_day)
    select user_id, min(day), max(day) from seen group by user_id order by user_id
    on conflict (user_id) do update
      set first_day = least(held.first_day, excluded.first_day), last_day = greatest(held.last_day, excluded.last_day)
      where excluded.first_day < held.first_day or excluded.last_day > held.last_day`
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString()
