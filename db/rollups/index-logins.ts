import { BitmapMembers } from '../../domain/engagement/bitmap.ts'
import { sixHoursOf } from '../../domain/engagement/cover-hours.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { MemberSet } from '../../domain/engagement/member-set.ts'
import { sightingKinds } from '../../domain/sightings/sighting.ts'
import type { SightingKind } from '../../domain/sightings/sighting.ts'
import { addToBitmap, bitmapColumns, bitmapValues } from './bitmap-columns.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { dimensionColumns } from './dimension-columns.ts'
import { idTables } from './id-tables.ts'
import { addressText } from '../login-rows/address-text.ts'
import { sparseChunks } from './sparse-chunks.ts'
import { tryAdvisoryLock } from '../connection/advisory-lock.ts'

/**
 * One call takes this many logins at most, but at least one batch: about a second, mostly for looking up
 * numbers.
 */
const MAX_LOGINS = 20_000
/** How many waiting batches one call considers. */
const MAX_BATCHES = 10_000
const NUMBER_BYTES = 4

type Batch = { batch_id: bigint; revision: number }
/** Who logged in during an hour, as numbers of 4 bytes each. */
type Hour = { hour: Date; users: Buffer; devices: Buffer; addresses: Buffer }

/**
 * Adds the logins of some batches to hour_login, hour_member and six_hour_chunk, the latest batches first.
 * Any worker may call it at any time: a batch leaves unindexed_batch in the transaction that indexes its
 * rows, and rows that a revision adds later come with a row of unindexed_batch of their own. One call at a
 * time in a database; it makes no other transaction wait.
 * @returns whether a batch was indexed
 */
export async function indexLogins(sql: Sql): Promise<boolean> {
  return await sql.begin(async (tx) => {
    if (!(await tryAdvisoryLock(tx, 'list logins'))) return false
    const batches = await takeBatches(tx)
    if (batches.length === 0) return false
    const { left, hours } = await addLogins(tx, batches)
    for (const hour of hours) await addHourMembers(tx, hour)
    for (const kind of sightingKinds) await addSixHourMembers(tx, kind, hours)
    return left < batches.length
  })
}

/**
 * Takes batches from before the first sightings that still wait to be rolled up: from there on, logins may be
 * of somebody who has no number yet.
 */
async function takeBatches(tx: Transaction): Promise<Batch[]> {
  return await tx<Batch[]>`/* takeBatches */
    delete from unindexed_batch unindexed
    using (
      select batch_id, waiting.revision, sum(login_rows) over (order by batch_id desc, waiting.revision) - login_rows as before
      from (
        select * from unindexed_batch
        where batch_id < coalesce((select min(batch_id) from sighting_delta), 9223372036854775807)
        order by batch_id desc, revision limit ${MAX_BATCHES}
      ) as waiting
      join batch on id = batch_id
    ) as chosen
    where before < ${MAX_LOGINS} and unindexed.batch_id = chosen.batch_id and unindexed.revision = chosen.revision
    returning unindexed.batch_id, unindexed.revision`
}

/**
 * Adds the logins of these batches to hour_login. A batch with somebody who has no number is put back whole.
 * @returns how many batches were put back, and the members of the hours of the others
 */
async function addLogins(tx: Transaction, batches: Batch[]): Promise<{ left: number; hours: Hour[] }> {
  const ids = batches.map(({ batch_id }) => batch_id).sort((a, b) => (a < b ? -1 : 1))
  const key = tx.unsafe(`hour, ${dimensionColumns}`)
  const numbers = tx.unsafe(
    sightingKinds
      .map((kind) => idTables[kind].numbers)
      .map((name) => `string_agg(int4send(${name}), ''::bytea) as ${name}`)
      .join(', '),
  )
  const rows = await tx<(Hour | { hour: null })[]>`/* addLogins */
    with taken as (
      select batch_id::bigint, revision::integer
      from unnest(${batches.map(({ batch_id }) => String(batch_id))}::text[],
                  ${batches.map(({ revision }) => String(revision))}::text[]) as given (batch_id, revision)
    ), events as (
      select min(first_event_at) as first, max(last_event_at) as last from batch where id in (select batch_id from taken)
    ), entry as materialized (
      select batch_id, date_trunc('hour', event_at, 'UTC') as hour,
             extract(minute from event_at at time zone 'UTC')::integer as minute,
             ${tx.unsafe(dimensionColumns)}, users, devices, addresses
      from (
        select *, user_id as "user", device_id as device, ${addressText(tx)} as address
        from login
        where batch_id between ${String(ids[0])}::text::bigint and ${String(ids.at(-1))}::text::bigint
          -- Not a join: Postgres takes a day without statistics for empty, and would compare every row with every batch.
          and (batch_id in (select batch_id from taken)) is true
          and event_at between (select first from events) and (select last from events)
      ) as seen
      ${sightingKinds.map((kind) => numberOf(tx, kind))}
    ), unknown as materialized (
      select distinct batch_id from entry where num_nulls(users, devices, addresses) > 0
    ), known as materialized (
      select * from entry where batch_id not in (select batch_id from unknown)
    ), put_back as (
      insert into unindexed_batch select * from taken where batch_id in (select batch_id from unknown)
    ), indexed as (
      insert into hour_login as held (${key}, minutes, users, devices, addresses)
      select ${key}, string_agg(set_byte('\\x00', 0, minute), ''::bytea), ${numbers} from known group by ${key}
      on conflict (${key}) do update
        set minutes = held.minutes || excluded.minutes, users = held.users || excluded.users,
            devices = held.devices || excluded.devices, addresses = held.addresses || excluded.addresses
    )
    select hour, ${numbers} from known group by hour
    union all
    select null, null, null, null from taken where batch_id in (select batch_id from unknown)`
  const hours = rows.filter((row) => row.hour !== null)
  return { left: rows.length - hours.length, hours }
}

/** Looks up the number for each login by itself: reading the whole table of numbers takes longer. */
function numberOf(tx: Transaction, kind: SightingKind) {
  const { table, id, numbers } = idTables[kind]
  return tx`
    left join lateral (
      select number from ${tx(table)} as held where held.${tx(id)} = seen.${tx(kind)} offset 0
    ) as ${tx(`of_${kind}`)} (${tx(numbers)}) on true`
}

async function addHourMembers(tx: Transaction, { hour, ...seen }: Hour): Promise<void> {
  const at = hour.toISOString()
  const held = await tx<{ kind: SightingKind; members: Buffer }[]>`/* addHourMembers: held */
    select kind, members from hour_member where hour = ${at}::text::timestamptz`
  const members = sightingKinds.map((kind) => {
    const set = new MemberSet()
    set.addPacked(held.find((row) => row.kind === kind)?.members ?? new Uint8Array())
    set.addNumbers(seen[idTables[kind].numbers])
    return Buffer.from(set.pack()).toString('hex')
  })
  await tx`/* addHourMembers */
    insert into hour_member (hour, kind, members)
    select ${at}::text::timestamptz, kind::engagement_kind, decode(hex, 'hex')
    from unnest(${[...sightingKinds]}::text[], ${members}::text[]) as given (kind, hex)
    on conflict (hour, kind) do update set members = excluded.members`
}

async function addSixHourMembers(tx: Transaction, kind: SightingKind, hours: Hour[]): Promise<void> {
  const members = new BitmapMembers<string>()
  for (const { hour, ...seen } of hours) {
    const start = isoTime(sixHoursOf(hour.getTime()))
    const add = members.bitmap(start, start)
    const numbers = seen[idTables[kind].numbers]
    for (let at = 0; at < numbers.length; at += NUMBER_BYTES) add(numbers.readInt32BE(at))
  }
  const chunks = members.chunks()
  const { columns, bits } = sparseChunks(tx, chunks)
  await tx`/* addSixHourMembers */
    insert into six_hour_chunk as held (kind, start, chunk, ${bitmapColumns(tx)})
    select ${kind}::text::engagement_kind, start, chunk, ${bitmapValues(tx, tx`bits`)}
    from (
      select start, chunk, ${bits} as bits
      from unnest(${chunks.map(({ name }) => name)}::text[]::timestamptz[],
                  ${columns}) as given (start, chunk, zero_bytes, hex)
      offset 0
    ) as added
    on conflict (kind, start, chunk) ${addToBitmap(tx)}`
}
