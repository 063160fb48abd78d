import type { ReadSession } from '../../nodes/snapshot.ts'

/**
 * Start of the oldest day all of whose login rows are kept. Null: there is none. Call it in a transaction
 * that has read `login`: until its end no day can be dropped. The answer is the later of two days: that of
 * the oldest table, whose name says its day, and the bound that retention remembers, because a raised
 * retention creates empty tables for days that were dropped.
 */
export async function readOldestLoginDay(sql: ReadSession['sql']): Promise<Date | null> {
  const [oldest] = await sql<{ day: Date }[]>`
    /* readOldestLoginDay */
    select greatest(day, (select kept_from from retention_bound where what = 'login')) as day
    from (
      select to_date(substring(min(relid::regclass::text) from '[0-9]{4}_[0-9]{2}_[0-9]{2}$'), 'YYYY_MM_DD')::timestamptz as day
      from pg_partition_tree('login') where level > 0
    ) as table_of
    where day is not null`
  return oldest?.day ?? null
}

/** Whether all rows from this event on are kept; true if there is no event. */
export const isKeptSince = (oldestDay: Date | null, firstEventAt: Date | null): boolean =>
  firstEventAt === null || (oldestDay !== null && firstEventAt >= oldestDay)

/**
 * Start of the oldest day whose login rows are kept. Days stay until the session ends. Null: no rows are
 * kept.
 */
export async function readRowsKeptFrom({ sql }: ReadSession): Promise<Date | null> {
  await sql`/* readRowsKeptFrom */ select from login limit 0`
  return await readOldestLoginDay(sql)
}
