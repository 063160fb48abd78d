import { expect } from 'vitest'
import { indexLogins } from '../../../db/rollups/index-logins.ts'
import type { Sql, Transaction } from '../../../db/connection/connect.ts'
import { dimensionColumns } from '../../../db/rollups/dimension-columns.ts'
import { LISTS_LOCK } from '../../../db/login-rows/kept-lists.ts'
import { idTables } from '../../../db/rollups/id-tables.ts'
import { addressText } from '../../../db/login-rows/address-text.ts'
import { ofRevisions } from '../../../db/login-rows/rows-to-list.ts'
import { type DimensionName, dimensionNames } from '../../../domain/counts/dimensions.ts'
import { sightingKinds } from '../../../domain/sightings/sighting.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { compareTallies, type Difference, tally } from './difference.ts'
import { eventually } from '../eventually.ts'

class RolledBack extends Error {}

/** Has everything indexed, compares, and takes it back: what was written in the last minutes is not the turn of workers yet. */
export async function compareAllIndexed(sql: Sql): Promise<Difference[]> {
  // Whoever has no number yet is not indexed.
  await eventually(async () => {
    expect(await sql`select from sighting_delta`).toHaveLength(0)
  })
  let differences: Difference[] = []
  const compareAndTakeBack = sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(${LISTS_LOCK}))`
    await tx`
      with waiting as (delete from pending_commit_rollup returning batch_id, revision)
      insert into unindexed_batch select * from waiting`
    while (await indexLogins({ begin: (work: (tx: Transaction) => unknown) => work(tx) } as unknown as Sql));
    expect(await tx`select from unindexed_batch`).toHaveLength(0)
    differences = await compareTables(tx)
    throw new RolledBack()
  })
  await compareAndTakeBack.catch((error: unknown) => {
    if (!(error instanceof RolledBack)) throw error
  })
  return differences
}

/**
 * Where logins that are indexed differ from rows: those of revisions that do not wait must be there, each once, and no others.
 * Sets of hours have whom their logins have.
 */
export async function compareIndexed(sql: Sql): Promise<Difference[]> {
  return await sql.begin('isolation level repeatable read', compareTables)
}

const compareTables = async (tx: Transaction): Promise<Difference[]> => [
  ...(await compareLogins(tx)),
  ...(await compareMembers(tx)),
]

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
    with waiting as (select * from unindexed_batch union select * from pending_commit_rollup)
    select concat_ws(' ', date_trunc('hour', event_at)::text, extract(minute from event_at)::integer,
                     ${tx.unsafe(dimensionColumns)}, user_id, device_id, ${addressText(tx)}) as name,
           ${ofRevisions(tx, 'waiting')} as waits
    from login`
  return compareTallies(
    'hour_login',
    tally(rows.filter(({ waits }) => !waits).map(({ name }) => name)),
    tally(indexed),
  )
}

async function idsOf(tx: Transaction, kind: SightingKind): Promise<Map<number, string>> {
  const { table, id } = idTables[kind]
  const members = await tx<{ number: number; id: string }[]>`select number, ${tx(id)} as id from ${tx(table)}`
  return new Map(members.map((member) => [member.number, member.id]))
}

const loginsByKind = (tx: Transaction) => tx`
  hour_login,
  lateral (values ('user'::engagement_kind, users), ('device', devices), ('address', addresses)) as seen (kind, numbers),
  lateral (select case outcome when 'failure' then 'failures' else 'logins' end::engagement_attempts as attempts) as half`

async function compareMembers(tx: Transaction): Promise<Difference[]> {
  const hours = await tx<{ hour: string; members: Buffer; numbers: Buffer }[]>`
    select concat_ws(' ', hour, kind, attempts) as hour, coalesce(members, '') as members, coalesce(numbers, '') as numbers
    from hour_member
    full join (
      select hour, kind, attempts, string_agg(numbers, ''::bytea) as numbers
      from ${loginsByKind(tx)} group by hour, kind, attempts
    ) as logins using (hour, kind, attempts)`
  const named = (of: (row: (typeof hours)[number]) => number[]) =>
    hours.flatMap((row) => of(row).map((number) => `${row.hour} ${number}`))
  return compareTallies(
    'hour_member',
    tally(new Set(named(({ numbers }) => numbersOf(numbers)))),
    tally(named(({ members }) => numbersOfPacked(members))),
  )
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
