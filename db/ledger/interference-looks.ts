import type { Sql } from '../connection/connect.ts'

/** Until when Temporal was looked through for what was done to workflows; before the first look, since yesterday. */
export async function lastLook(sql: Sql, taskQueue: string): Promise<{ since: Date; now: Date }> {
  const [look] = await sql<{ since: Date; now: Date }[]>`/* lastLook */
    select coalesce((select looked_to from interference_look where task_queue = ${taskQueue}),
                    clock_timestamp() - interval '1 day') as since, clock_timestamp() as now`
  if (look === undefined) throw new Error('lastLook returned no row')
  return look
}

export async function recordLook(sql: Sql, taskQueue: string, lookedTo: Date): Promise<void> {
  await sql`/* recordLook */
    insert into interference_look (task_queue, looked_to) values (${taskQueue}, ${lookedTo})
    on conflict (task_queue) do update set looked_to = greatest(interference_look.looked_to, excluded.looked_to)`
}
