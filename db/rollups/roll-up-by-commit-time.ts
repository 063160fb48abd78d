import { arrayColumns, dimensions } from '../../domain/counts/dimensions.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { tryAdvisoryLock } from '../connection/advisory-lock.ts'
import { dimensionColumns, joinEntries } from './dimension-columns.ts'

/** Saves work alone: a batch that commits later is added to the row of its time. */
const SETTLED_AFTER = '1 minute'

/**
 * An advisory lock. Every version of Rollcall takes the same name: two workers that roll up the same 5
 * minutes would overwrite each other's row.
 */
const COMMIT_TIME_LOCK = 'roll written'

/**
 * Adds up the batches that were written in the same 5 minutes as the oldest one that no row of written_count
 * has, once those minutes are over; and the hour around them, once all its batches are in rows. Any worker
 * may call it at any time: a batch moves from pending_commit_rollup to unindexed_batch in the transaction
 * that adds it. One call at a time in a database.
 * @returns whether there was anything to add
 */
export async function rollUpByCommitTime(sql: Sql): Promise<boolean> {
  return await sql.begin(async (tx) => {
    if (!(await tryAdvisoryLock(tx, COMMIT_TIME_LOCK))) return false
    const [due] = await tx<{ start: string; hour: string }[]>`/* rollUpByCommitTime: due */
      select start::text, date_trunc('hour', start, 'UTC')::text as hour
      from (
        select date_bin('5 minutes', committed_at, timestamptz '2000-01-01Z') as start
        from (select * from pending_commit_rollup order by batch_id, revision limit 1) as oldest
        join revision_written using (batch_id, revision)
      ) as unit
      where start + interval '5 minutes' + ${SETTLED_AFTER}::text::interval <= clock_timestamp()`
    if (due === undefined) return false
    await rollUpFiveMinutes(tx, due.start)
    await rollUpHour(tx, due.hour)
    return true
  })
}

/** Adds the waiting batches of 5 minutes to what their row has already. */
async function rollUpFiveMinutes(tx: Transaction, start: string): Promise<void> {
  await tx`/* rollUpFiveMinutes */
    with rolled as (
      delete from pending_commit_rollup pending using revision_written written
      where written.batch_id = pending.batch_id and written.revision = pending.revision
        and committed_at >= ${start}::text::timestamptz
        and committed_at < ${start}::text::timestamptz + interval '5 minutes'
      returning pending.batch_id, pending.revision
    ), unindexed as (
      insert into unindexed_batch select batch_id, revision from rolled on conflict do nothing
    ), entry as (
      select date_bin('15 minutes', added.bucket, timestamptz '1970-01-01Z') as quarter, ${tx.unsafe(dimensionColumns)}, added.logins
      from rolled join login_count_delta delta using (batch_id, revision)
      ${tx.unsafe(joinEntries('delta', 'bucket'))}
      union all
      select added.*
      from written_count held
      ${tx.unsafe(joinEntries('held', 'quarter'))}
      where held.minutes = 5 and held.start = ${start}::text::timestamptz
    ) ${addedUp(tx, 5, start)}`
}

/**
 * Makes the row of an hour anew: it is there only while it has everything that the rows of its 5 minutes
 * have.
 */
async function rollUpHour(tx: Transaction, hour: string): Promise<void> {
  await tx`/* rollUpHour: remove */
    delete from written_count where minutes = 60 and start = ${hour}::text::timestamptz`
  await tx`/* rollUpHour */
    with entry as (
      select added.*
      from written_count held
      ${tx.unsafe(joinEntries('held', 'quarter'))}
      where held.minutes = 5 and held.start >= ${hour}::text::timestamptz
        and held.start < ${hour}::text::timestamptz + interval '1 hour'
        and ${hour}::text::timestamptz + interval '1 hour' + ${SETTLED_AFTER}::text::interval <= clock_timestamp()
        and not exists (
          select from pending_commit_rollup join revision_written using (batch_id, revision)
          where committed_at >= ${hour}::text::timestamptz
            and committed_at < ${hour}::text::timestamptz + interval '1 hour')
    ) ${addedUp(tx, 60, hour)}`
}

const aggregated = dimensions.map(({ name }) => `array_agg(${name})`).join(', ')
const replaced = dimensions.map(({ arrayColumn }) => `${arrayColumn} = excluded.${arrayColumn}`).join(', ')

/** Writes the rows of `entry` as one row of written_count, unless there are none. */
const addedUp = (tx: Transaction, minutes: 5 | 60, start: string) => tx`
  insert into written_count (minutes, start, quarters, ${tx.unsafe(arrayColumns)}, logins)
  select ${minutes}::smallint, ${start}::text::timestamptz, array_agg(quarter), ${tx.unsafe(aggregated)},
         array_agg(logins)
  from (
    select quarter, ${tx.unsafe(dimensionColumns)}, sum(logins)::bigint as logins
    from entry group by quarter, ${tx.unsafe(dimensionColumns)}
  ) as counts
  having count(*) > 0
  on conflict (minutes, start) do update set
    quarters = excluded.quarters, ${tx.unsafe(replaced)}, logins = excluded.logins`
