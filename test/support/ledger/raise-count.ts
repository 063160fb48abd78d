import type { Sql, Transaction } from '../../../db/connection/connect.ts'

/** Makes the first count of a set of dimensions wrong by `by`. */
export async function raiseCount(
  sql: Sql | Transaction,
  table: 'minute_count' | 'hour_count',
  set: number,
  by: number,
): Promise<void> {
  const [unit, letter] = table === 'minute_count' ? ['minute', 'm'] : ['hour', 'h']
  const [first] = await sql<{ slot: string }[]>`
    select ${letter} || to_char(extract(${sql.unsafe(unit)} from bucket at time zone 'UTC'), 'FM00') as slot
    from ${sql(`${table}_entry`)} where dimension_set = ${set}
    order by bucket, device_type, app_version, locale, outcome limit 1`
  const slot = sql(first?.slot ?? '')
  await sql`
    update ${sql(table)} set ${slot} = ${slot} + ${by}
    where ctid = (select ctid from ${sql(table)} where dimension_set = ${set} and ${slot} > 0
                  order by device_type, app_version, locale, outcome limit 1)`
}
