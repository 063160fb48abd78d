import type { TimeBucket } from '../../domain/cover-buckets.ts'
import { type CountFilter, withinFilter } from './count-filter.ts'
import { readOldestLoginDay } from './login-days.ts'
import type { ReadSession } from './snapshot.ts'
import type { PresenceKind } from '../../domain/presence.ts'

const columns = { user: 'user_id', device: 'device_id', address: 'ip' } as const satisfies Record<
  PresenceKind,
  string
>

/** Start of the oldest day with login rows, which stays until the session ends; null: none are kept. */
export async function readRowsKeptFrom({ sql }: ReadSession): Promise<Date | null> {
  await sql`/* holdLogins */ select from login limit 0`
  return await readOldestLoginDay(sql)
}

/** How many of a kind the login rows of a range have; the rows must be kept (db/read/login-days.ts). */
export async function readDistinctInRows(
  { sql }: ReadSession,
  kind: PresenceKind,
  { fromMs, toMs }: TimeBucket,
  filter: CountFilter,
): Promise<bigint> {
  const [row] = await sql<{ members: bigint }[]>`
    /* distinctInRows */
    select count(*) as members
    from (select distinct ${sql(columns[kind])} from login
          where event_at >= ${new Date(fromMs).toISOString()}::text::timestamptz
            and event_at < ${new Date(toMs).toISOString()}::text::timestamptz
            ${withinFilter(sql, filter)}) as seen`
  return row?.members ?? 0n
}
