import { expect } from 'vitest'
import { indexLogins } from '../../../db/rollups/index-logins.ts'
import type { Sql, Transaction } from '../../../db/connection/connect.ts'
import { dimensionColumns } from '../../../db/rollups/dimension-columns.ts'
import { idTables } from '../../../db/rollups/id-tables.ts'
import { addressText } from '../../../db/login-rows/address-text.ts'
import { type DimensionName, dimensionNames } from '../../../domain/counts/dimensions.ts'
import { sightingKinds } from '../../../domain/sightings/sighting.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { compareTallies, type Difference, tally } from './difference.ts'
import { eventually } from '../eventually.ts'

/** Has everything indexed, and compares then. Everybody must have a number. */
export async function compareAllIndexed(sql: Sql): Promise<Difference[]> {
  // What was written in the last minutes is not rolled up, so it does not wait there yet.
  await sql`insert into unindexed_batch select * from pending_commit_rollup on conflict do nothing`
  await eventually(async () => {
    // Whoever else lists at the moment has the turn.
    while (await indexLogins(sql));
    expect(await sql`select from unindexed_batch`).toHaveLength(0)
  })
  return await compareIndexed(sql)
}

/**
 * Where logins that are indexed differ from rows: those of batches that do not wait must be there, and none that no row says.
 * Sets of hours and six hours have whom their logins have.
 */
export async function compareIndexed(sql: Sql): Promise<Difference[]> {
  return await sql.begin('isolation level repeatable read', async (tx) => [
    ...(await compareLogins(tx)),
    ...(await compareMembers(tx)),
    ...(await compareSixHours(tx)),
  ])
}

type Listed = { hour: string; minutes: Buffer } & Record<DimensionName, string> &
  Record<(typeof idTables)[SightingKind]['numbers'], Buffer>

/** Told apart here and not in SQL: Postgres has no statistics of tables that were written just now, and takes minutes. */
async function compareLogins(tx: Transaction): Promise<Difference[]> {
  const ids = await Promise.all(sightingKinds.map((kind) => idsOf(tx, kind)))
  const hours = await tx<Listed[]>`
    select hour::text, minutes, ${tx.unsafe(dimensionColumns)}, users, devices, addresses from hour_login`
  const indexed = hours.flatMap(({ hour, minutes, ...seen }) => {
    const numbers = sightingKinds.map((kind) => numbersOf(seen[idTables[kind].numbers]))
    return Array.from(minutes, (minute, place) =>
      [hour, minute, ...dimensionNames.map((name) => seen[name])]
        .concat(numbers.map((of, kind) => ids[kind]?.get(of[place] ?? -1) ?? 'nobody'))
        .join(' '),
    )
  })
  const rows = await tx<{ name: string; waits: boolean }[]>`
    select concat_ws(' ', date_trunc('hour', event_at)::text, extract(minute from event_at)::integer,
                     ${tx.unsafe(dimensionColumns)}, user_id, device_id, ${addressText(tx)}) as name,
           (batch_id in (select batch_id from unindexed_batch union select batch_id from pending_commit_rollup)) is true as waits
    from login`
  const isListed = new Set(indexed)
  const expected = rows.filter(({ name, waits }) => !waits || isListed.has(name)).map(({ name }) => name)
  return compareTallies('hour_login', tally(new Set(expected)), tally(isListed))
}

async function idsOf(tx: Transaction, kind: SightingKind): Promise<Map<number, string>> {
  const { table, id } = idTables[kind]
  const members = await tx<{ number: number; id: string }[]>`select number, ${tx(id)} as id from ${tx(table)}`
  return new Map(members.map((member) => [member.number, member.id]))
}

const loginsByKind = (tx: Transaction) => tx`
  hour_login,
  lateral (values ('user'::engagement_kind, users), ('device', devices), ('address', addresses)) as seen (kind, numbers)`

async function compareMembers(tx: Transaction): Promise<Difference[]> {
  const hours = await tx<{ hour: string; members: Buffer; numbers: Buffer }[]>`
    select concat_ws(' ', hour, kind) as hour, coalesce(members, '') as members, coalesce(numbers, '') as numbers
    from hour_member
    full join (
      select hour, kind, string_agg(numbers, ''::bytea) as numbers
      from ${loginsByKind(tx)} group by hour, kind
    ) as logins using (hour, kind)`
  const named = (of: (row: (typeof hours)[number]) => number[]) =>
    hours.flatMap((row) => of(row).map((number) => `${row.hour} ${number}`))
  return compareTallies(
    'hour_member',
    tally(new Set(named(({ numbers }) => numbersOf(numbers)))),
    tally(named(({ members }) => numbersOfPacked(members))),
  )
}

async function compareSixHours(tx: Transaction): Promise<Difference[]> {
  const logins = await tx<{ start: string; kind: string; numbers: Buffer }[]>`
    select date_bin('6 hours', hour, '2000-01-01Z')::text as start, kind, string_agg(numbers, ''::bytea) as numbers
    from ${loginsByKind(tx)} group by 1, 2`
  const bitmaps = await tx<{ start: string; kind: string; chunk: number; members: string }[]>`
    select start::text, kind, chunk, members::text from six_hour_member`
  const expected = logins.flatMap(({ start, kind, numbers }) =>
    numbersOf(numbers).map((number) => `${start} ${kind} ${number}`),
  )
  const held = bitmaps.flatMap(({ start, kind, chunk, members }) =>
    Array.from(members.matchAll(/1/g), ({ index }) => `${start} ${kind} ${chunk * members.length + index}`),
  )
  return compareTallies('six_hour_member', tally(new Set(expected)), tally(held))
}

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
