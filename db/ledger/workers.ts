import type { Rank } from '../../domain/pipeline/partition-share.ts'
import type { Sql } from '../connection/connect.ts'

export type RunningWorker = {
  /** A UUID of this run of the process. */
  id: string
  topic: string
  /** The name that partition_checkpoint shows. */
  name: string
  version: string
}

export type IngestingWorker = RunningWorker & { doesUpkeep: boolean }

/**
 * A worker that was not seen for this long counts as gone: it reports every two seconds, later on a busy
 * machine.
 */
export const LIVE_MS = 6_000

/** Records that a worker runs, and forgets workers that were not seen for an hour. */
export async function announceWorker(
  sql: Sql,
  { id, topic, name, version, doesUpkeep }: IngestingWorker,
): Promise<void> {
  await sql`/* announceWorker */
    with forgotten as (delete from worker where id <> ${id} and seen_at < clock_timestamp() - interval '1 hour')
    insert into worker (id, topic, name, version, does_upkeep, started_at, seen_at)
    values (${id}, ${topic}, ${name}, ${version}, ${doesUpkeep}, clock_timestamp(), clock_timestamp())
    on conflict (id) do update set seen_at = excluded.seen_at`
}

/** Records that a worker takes no more partitions. */
export async function withdrawWorker(sql: Sql, id: string): Promise<void> {
  await sql`/* withdrawWorker */ delete from worker where id = ${id}`
}

/**
 * The rank of a worker among those of its topic (by the database's clock), and how many partitions have a
 * checkpoint.
 */
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
  if (row === undefined) throw new Error('rankWorker returned no row')
  return row
}
