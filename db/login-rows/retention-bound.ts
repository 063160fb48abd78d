import type { Sql, Transaction } from '../connection/connect.ts'

/** Counts by minute, rows of `login`, the lists by hour, or the quarters of first logins. */
type Kept = 'minute_count' | 'login' | 'hour_login' | 'first_seen'

/** From when on something is kept, in SQL; without a bound all of it is. */
export const keptFrom = (what: Kept): string =>
  `coalesce((select kept_from from retention_bound where what = '${what}'), '-infinity')`

/**
 * Remembers from when on something is kept. The bound never moves back: what was deleted or never kept does
 * not come when retention is raised.
 * @param from a timestamptz, in SQL
 */
export async function keepFrom(
  sql: Sql | Transaction,
  what: Kept,
  from: ReturnType<Transaction>,
): Promise<void> {
  await sql`/* keepFrom */
    with moved as (
      insert into retention_bound as held (what, kept_from) values (${what}, ${from})
      on conflict (what) do update set kept_from = excluded.kept_from where held.kept_from < excluded.kept_from
      returning held.what, held.kept_from
    )
    insert into retention_move (what, kept_from) select what, kept_from from moved on conflict do nothing`
}
