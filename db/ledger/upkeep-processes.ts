import type { Sql } from '../connection/connect.ts'
import type { RunningWorker } from './workers.ts'

/** Records that a process runs which does nothing but upkeep, and forgets those that were not seen for an hour. */
export async function announceUpkeepProcess(
  sql: Sql,
  { id, topic, name, version }: RunningWorker,
): Promise<void> {
  await sql`/* announceUpkeepProcess */
    with forgotten as (delete from upkeep_process where id <> ${id} and seen_at < clock_timestamp() - interval '1 hour')
    insert into upkeep_process (id, topic, name, version, started_at, seen_at)
    values (${id}, ${topic}, ${name}, ${version}, clock_timestamp(), clock_timestamp())
    on conflict (id) do update set seen_at = excluded.seen_at`
}

/** Records that a process does no more upkeep. */
export async function withdrawUpkeepProcess(sql: Sql, id: string): Promise<void> {
  await sql`/* withdrawUpkeepProcess */ delete from upkeep_process where id = ${id}`
}
