import type { ReadSession } from '../../nodes/snapshot.ts'

/**
 * Start of the oldest day that has had a table of login rows ever since it was written; null: there is none. To be asked for in a
 * transaction that has read `login` already: until its end no day can be dropped. By name, because the catalogue knows no past;
 * and by what retention remembers, because it makes days anew when it is raised.
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

/** End of the latest day that has a table of login rows; null: there is none. No row is of a later day. */
export async function readEndOfLoginDays(sql: ReadSession['sql']): Promise<Date | null> {
  const [latest] = await sql<{ end: Date | null }[]>`
    /* readEndOfLoginDays */
    select to_date(substring(max(relid::regclass::text) from '[0-9]{4}_[0-9]{2}_[0-9]{2}$'), 'YYYY_MM_DD')::timestamptz
           + interval '1 day' as end
    from pg_partition_tree('login') where level > 0`
  return latest?.end ?? null
}

/** Whether every day from this event on has its table; without an event there is nothing to keep. */
export const isKeptSince = (oldestDay: Date | null, firstEventAt: Date | null): boolean =>
  firstEventAt === null || (oldestDay !== null && firstEventAt >= oldestDay)

/** Start of the oldest day with login rows, which stays until the session ends; null: none are kept. */
export async function readRowsKeptFrom({ sql }: ReadSession): Promise<Date | null> {
  await sql`/* readRowsKeptFrom */ select from login limit 0`
  return await readOldestLoginDay(sql)
}
