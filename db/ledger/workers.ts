import type { Rank } from '../../domain/pipeline/partition-share.ts'
import type { Sql } from '../connection/connect.ts'

export type RunningWorker = {
  /** UUID of this run of the process. */
  id: string
  topic: string
  /** As it shows in partition_checkpoint. */
  name: string
  version: string
}

/** Counts as gone when it was not seen for so long: two looks that a busy machine delays. */
export const LIVE_MS = 6_000

/** Says that a worker runs. Forgets those that were not seen for an hour. */
export async function announceWorker(sql: Sql, { id, topic, name, version }: RunningWorker): Promise<void> {
  await sql`/* announceWorker */
    with forgotten as (delete from worker where id <> ${id} and seen_at < clock_timestamp() - interval '1 hour')
    insert into worker (id, topic, name, version, started_at, seen_at)
    values (${id}, ${topic}, ${name}, ${version}, clock_timestamp(), clock_timestamp())
    on conflict (id) do update set seen_at = excluded.seen_at`
}

/** Says that a worker takes no partitions any more. */
export async function withdrawWorker(sql: Sql, id: string): Promise<void> {
  await sql`/* withdrawWorker */ delete from worker where id = ${id}`
}

/** Where a worker stands among those of its topic, by the clock of the database, and how many partitions have a checkpoint. */
export async function rankWorker(
  sql: Sql,
  { id, topic }: RunningWorker,
): Promise<Rank & { checkpoints: number }> {
  const [row] = await sql<(Rank & { checkpoints: number })[]>`/* rankWorker */
    select 1 + count(*)::integer as workers,
           (count(*) filter (where (other.started_at, other.id) < (self.started_at, self.id)))::integer as before,
           (select count(*)::integer from partition_checkpoint where topic = ${topic}) as checkpoints
    from worker as other
    left join worker as self on self.id = ${id}
    where other.id <> ${id} and other.topic = ${topic}
      and other.seen_at > clock_timestamp() - ${LIVE_MS} * interval '1 millisecond'`
  if (row === undefined) throw new Error('the rank has no row')
  return row
}
