import { expect } from 'vitest'
import { listLogins } from '../db/list-logins.ts'
import type { Sql, Transaction } from '../db/connect.ts'
import { addressText } from '../db/read/address-text.ts'
import { compareTallies, type Difference, tally } from './difference.ts'
import { eventually } from './eventually.ts'

/** Has everything listed, and compares then. Everybody must have a number. */
export async function compareAllListed(sql: Sql): Promise<Difference[]> {
  // What was written in the last minutes is not rolled up, so it does not wait there yet.
  await sql`insert into unlisted_batch select * from unrolled_batch on conflict do nothing`
  await eventually(async () => {
    // Whoever else lists at the moment has the turn.
    while (await listLogins(sql));
    expect(await sql`select from unlisted_batch`).toHaveLength(0)
  })
  return await compareListed(sql)
}

/**
 * Where logins that are listed differ from rows: those of batches that do not wait must be there, and none that no row says.
 * Sets of hours have whom their logins have.
 */
export async function compareListed(sql: Sql): Promise<Difference[]> {
  return await sql.begin('isolation level repeatable read', async (tx) => [
    ...(await compareLogins(tx)),
    ...(await compareMembers(tx)),
  ])
}

async function compareLogins(tx: Transaction): Promise<Difference[]> {
  const [names] = await tx<{ rows: string[]; listed: string[] }[]>`
    with listed as materialized (
      select concat_ws(' ', hour, get_byte(minutes, place), locale, device_type, app_version, outcome, user_id, device_id, ip)
               as name
      from hour_login
      cross join lateral generate_series(0, length(minutes) - 1) as place
      left join app_user on app_user.number = ${numberAt(tx, 'users')}
      left join device on device.number = ${numberAt(tx, 'devices')}
      left join address on address.number = ${numberAt(tx, 'addresses')}
    ), expected as (
      select concat_ws(' ', date_trunc('hour', event_at), extract(minute from event_at)::integer, locale, device_type,
                       app_version, outcome, user_id, device_id, ${addressText(tx)}) as name,
             batch_id in (select batch_id from unlisted_batch union select batch_id from unrolled_batch) as waits
      from login
    )
    select coalesce((select json_agg(distinct name) from expected where not waits or name in (select name from listed)), '[]')
             as rows,
           coalesce((select json_agg(distinct name) from listed), '[]') as listed`
  return compareTallies('hour_login', tally(names?.rows ?? []), tally(names?.listed ?? []))
}

async function compareMembers(tx: Transaction): Promise<Difference[]> {
  const hours = await tx<{ hour: string; members: Buffer; numbers: Buffer }[]>`
    select concat_ws(' ', hour, kind) as hour, coalesce(members, '') as members, coalesce(numbers, '') as numbers
    from hour_member
    full join (
      select hour, kind, string_agg(numbers, ''::bytea) as numbers
      from hour_login, lateral (values ('user'::activity_kind, users), ('device', devices), ('address', addresses))
        as seen (kind, numbers)
      group by hour, kind
    ) as logins using (hour, kind)`
  const named = (of: (row: (typeof hours)[number]) => number[]) =>
    hours.flatMap((row) => of(row).map((number) => `${row.hour} ${number}`))
  return compareTallies(
    'hour_member',
    tally(new Set(named(({ numbers }) => numbersOf(numbers)))),
    tally(named(({ members }) => numbersOfPacked(members))),
  )
}

const numberAt = (tx: Transaction, column: string) =>
  tx`('x' || encode(substring(${tx(column)} from place * 4 + 1 for 4), 'hex'))::bit(32)::integer`

const numbersOf = (numbers: Buffer): number[] =>
  Array.from({ length: numbers.length / 4 }, (_, place) => numbers.readInt32BE(place * 4))

/** As MemberSet.pack has them, block by block. */
function numbersOfPacked(packed: Buffer): number[] {
  const numbers: number[] = []
  for (let block = 0, at = 0; at < packed.length; block++) {
    const count = packed.readUInt16BE(at)
    const isBits = count > 4_096
    const end = at + 2 + (isBits ? 8_192 : 2 * count)
    const content = packed.subarray(at + 2, end)
    const places = isBits
      ? Array.from({ length: 65_536 }, (_, place) => place).filter((place) =>
          Boolean((content[place >> 3] ?? 0) & (128 >> (place & 7))),
        )
      : Array.from({ length: count }, (_, i) => content.readUInt16BE(2 * i))
    numbers.push(...places.map((place) => block * 65_536 + place))
    at = end
  }
  return numbers
}
