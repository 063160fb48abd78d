import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { either } from '../within-ranges.ts'

type Sql = ReadSession['sql']

/** Selects the batches that wait to be listed (db/rollups/index-logins.ts): (batch_id, first_event_at, last_event_at). */
export const waitingBatches = (sql: Sql) => sql`
  select batch_id, first_event_at, last_event_at
  from (select batch_id from pending_commit_rollup union select batch_id from unindexed_batch) as waiting
  cross join lateral (select first_event_at, last_event_at from batch where id = batch_id offset 0) as ledger`

/** The SQL condition that a batch has events in one of the ranges. Give at least one. */
export const hasEventsIn = (sql: Sql, ranges: readonly TimeBucket[]) =>
  either(
    sql,
    ranges.map(
      ({ fromMs, toMs }) =>
        sql`(first_event_at < ${new Date(toMs)} and last_event_at >= ${new Date(fromMs)})`,
    ),
  )

/**
 * The SQL condition that a row is of one of some batches. The range of them all lets Postgres find their rows in
 * one scan; one scan for each batch takes longer.
 * @param batches result of readWaitingBatches, with at least one
 */
export const ofBatches = (sql: Sql, batches: readonly string[]) => sql`
  batch_id between ${batches[0] ?? ''}::text::bigint and ${batches.at(-1) ?? ''}::text::bigint
  and (batch_id in (select unnest(${[...batches]}::text[]::bigint[]))) is true`

/** Reads the ids of batches that wait to be listed and have events in the ranges, in order. */
export async function readWaitingBatches(sql: Sql, ranges: readonly TimeBucket[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    /* readWaitingBatches */
    select batch_id::text as id from (${waitingBatches(sql)}) as batches
    where ${hasEventsIn(sql, ranges)}
    order by batch_id`
  return rows.map(({ id }) => id)
}
