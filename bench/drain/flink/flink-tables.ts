import type { Sql } from '../../../db/connection/connect.ts'
import type { UserDay } from '../subject.ts'

/** `users`: with a row per user and day beside the counts; `counts`: with counts alone. */
export type FlinkVariant = 'users' | 'counts'

/** The tables that LoginPipeline.java upserts into. `minute` and the times are Unix seconds. */
export const flinkTables = `
  create table login_count (
    minute bigint, device_type text, app_version text, locale text, logins bigint not null,
    primary key (minute, device_type, app_version, locale)
  );
  create table user_day (
    user_id text, day date, logins bigint not null, first_seen bigint not null, last_seen bigint not null,
    primary key (user_id, day)
  )`

export const readCounts = (sql: Sql): Promise<{ key: string; logins: number }[]> => sql<
  { key: string; logins: number }[]
>`
  select concat_ws(' ', to_char(to_timestamp(minute) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'),
                   device_type, app_version, locale) as key,
         logins::float8 as logins
  from login_count`

export const readUserDays = (sql: Sql): Promise<UserDay[]> => sql<UserDay[]>`
  select to_char(day, 'YYYY-MM-DD') as day, count(*)::integer as users, sum(logins)::float8 as logins
  from user_day group by day order by day`

/** Reads how many logins the counts have, and the rows of users and days. */
export async function readTotals(sql: Sql): Promise<{ counted: number; ofUsers: number }> {
  const [totals] = await sql<{ counted: number; ofUsers: number }[]>`
    select (select coalesce(sum(logins), 0)::float8 from login_count) as counted,
           (select coalesce(sum(logins), 0)::float8 from user_day) as "ofUsers"`
  return totals ?? { counted: 0, ofUsers: 0 }
}
