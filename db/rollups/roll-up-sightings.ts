import {
  earliest,
  engagementChanges,
  firstDays,
  type BitmapName,
  type FirstDays,
  type Member,
} from '../../domain/engagement/engagement.ts'
import { isoDay } from '../../domain/time/period.ts'
import { entriesOf } from '../../domain/sightings/sighting-cache.ts'
import { sightingKinds, withHalves } from '../../domain/sightings/sighting.ts'
import type { SightingKind, Sightings, StoredSightings } from '../../domain/sightings/sighting.ts'
import { addToBitmap, bitmapColumns, bitmapOfRow, bitmapValues, setBitmap } from './bitmap-columns.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { idTables } from './id-tables.ts'
import { sparseChunks } from './sparse-chunks.ts'
import { tryAdvisoryLock } from '../connection/advisory-lock.ts'

/**
 * One rollup takes this many entries at most, but at least one batch: it keeps Postgres busy for a fraction
 * of a second.
 */
const MAX_ENTRIES = 10_000
/** Rows of bitmaps per statement: some megabytes in Postgres. */
const ROWS_PER_STATEMENT = 1_000

/**
 * Moves the sightings that batches left into the tables of numbers (idTables) and the bitmaps of engagement.
 * Any worker may call it at any time: sightings leave their table in the transaction that adds them. One call
 * at a time in a database.
 * @returns how many sightings were moved; 0: there were none, or another call is at work
 */
export async function rollUpSightings(sql: Sql): Promise<number> {
  return await sql.begin(async (tx) => {
    if (!(await tryAdvisoryLock(tx, 'roll up sightings'))) return 0
    const sightings = await takeSightings(tx)
    for (const kind of sightingKinds) await rollUpKind(tx, kind, sightings)
    return entriesOf(sightings)
  })
}

/**
 * Deletes rows by ctid: the table has no index, because rows that come and go all the time would bloat it.
 */
async function takeSightings(tx: Transaction): Promise<Sightings> {
  const rows = await tx<{ sightings: StoredSightings }[]>`/* takeSightings */
    delete from sighting_delta
    where ctid = any(array(
      select place from (select ctid as place, sum(entries) over (order by batch_id, ctid) - entries as before
                         from sighting_delta) as waiting
      where before < ${MAX_ENTRIES}))
    returning sightings`
  return rows.flatMap(({ sightings }) => withHalves(sightings))
}

async function rollUpKind(tx: Transaction, kind: SightingKind, sightings: Sightings): Promise<void> {
  const first = firstDays(sightings, kind)
  if (first.size === 0) return
  const members = await numberMembers(tx, kind, first)
  const { set, clear } = engagementChanges(sightings, kind, members)
  for (const rows of slices(set)) await setBits(tx, kind, rows)
  for (const rows of slices(clear)) await clearBits(tx, kind, rows)
}

/** Gives a number to each id that has none, and corrects first days that turn out to be earlier. */
async function numberMembers(
  tx: Transaction,
  kind: SightingKind,
  seen: ReadonlyMap<string, FirstDays>,
): Promise<Map<string, Member>> {
  const before = await knownMembers(tx, kind, [...seen.keys()])
  const added = [...seen].filter(([id]) => !before.has(id))
  const next = await takeNumbers(tx, kind, added.length)
  const numbers = new Map(added.map(([id], i) => [id, next + i]))
  const members = new Map(
    Array.from(seen, ([id, days]): [string, Member] => {
      const held = before.get(id)
      const first = earliest(days, held?.first ?? null)
      return [id, { number: held?.number ?? numbers.get(id) ?? 0, first, firstBefore: held?.first ?? null }]
    }),
  )
  await addMembers(tx, kind, next, added)
  await moveFirstDays(tx, kind, members)
  return members
}

/** @param next number of the first one; the others follow it */
async function addMembers(
  tx: Transaction,
  kind: SightingKind,
  next: number,
  added: [string, FirstDays][],
): Promise<void> {
  const { table, id } = idTables[kind]
  const rows = added.map(([name, { logins, failures }]) => [name, logins, failures])
  await tx`/* addMembers */
    insert into ${tx(table)} (${tx(id)}, number, first_login_day, first_failure_day)
    select added ->> 0, ${next}::integer + at::integer - 1, date '1970-01-01' + (added ->> 1)::integer,
           date '1970-01-01' + (added ->> 2)::integer
    from json_array_elements(${JSON.stringify(rows)}::text::json) with ordinality as given (added, at)`
}

async function moveFirstDays(
  tx: Transaction,
  kind: SightingKind,
  members: ReadonlyMap<string, Member>,
): Promise<void> {
  const { table, id } = idTables[kind]
  const rows = [...members].flatMap(([name, { first, firstBefore: before }]) =>
    before === null || (first.logins === before.logins && first.failures === before.failures)
      ? []
      : [[name, first.logins, first.failures]],
  )
  await tx`/* moveFirstDays */
    update ${tx(table)} held set first_login_day = date '1970-01-01' + (moved ->> 1)::integer,
                                 first_failure_day = date '1970-01-01' + (moved ->> 2)::integer
    from json_array_elements(${JSON.stringify(rows)}::text::json) as given (moved)
    where held.${tx(id)} = moved ->> 0`
}

type KnownMember = { number: number; first: FirstDays }

/** Sends and receives JSON, which costs Node a fraction of what arrays and rows do. */
async function knownMembers(
  tx: Transaction,
  kind: SightingKind,
  ids: string[],
): Promise<Map<string, KnownMember>> {
  const { table, id } = idTables[kind]
  const [found] = await tx<{ members: [number, number, number | null, number | null][] }[]>`/* knownMembers */
    select coalesce(json_agg(json_build_array(at - 1, number, first_login_day - date '1970-01-01',
                                              first_failure_day - date '1970-01-01')), '[]') as members
    from json_array_elements_text(${JSON.stringify(ids)}::text::json) with ordinality as seen (id, at)
    join ${tx(table)} as held on held.${tx(id)} = seen.id`
  return new Map(
    found?.members.map(([at, number, logins, failures]) => [
      ids[at] ?? '',
      { number, first: { logins, failures } },
    ]),
  )
}

/** Takes `count` unused numbers that follow each other. Returns the first one. */
async function takeNumbers(tx: Transaction, kind: SightingKind, count: number): Promise<number> {
  const [size] = await tx<{ next: number }[]>`/* takeNumbers */
    update engagement_kind_size set members = members + ${count}::integer
    where kind = ${kind}::text::engagement_kind returning members - ${count}::integer as next`
  return size?.next ?? 0
}

type Chunk = { name: BitmapName; chunk: number; bits: readonly number[] }

async function setBits(tx: Transaction, kind: SightingKind, rows: Chunk[]): Promise<void> {
  await tx`/* setBits */
    insert into engagement_chunk as held (kind, period, facet, attempts, value, start, chunk, ${bitmapColumns(tx)})
    select ${kind}::text::engagement_kind, period, facet, attempts, value, start, chunk, ${bitmapValues(tx, tx`bits`)}
    from (${chunks(tx, rows)} offset 0) as added
    on conflict (kind, period, facet, attempts, value, start, chunk) ${addToBitmap(tx)}`
}

async function clearBits(tx: Transaction, kind: SightingKind, rows: Chunk[]): Promise<void> {
  await tx`/* clearBits */
    update engagement_chunk held ${setBitmap(tx, tx`${bitmapOfRow(tx, 'held')} & ~gone.bits`)}
    from (${chunks(tx, rows)}) as gone
    where held.kind = ${kind}::text::engagement_kind and held.period = gone.period and held.facet = gone.facet
      and held.attempts = gone.attempts and held.value = gone.value and held.start = gone.start and held.chunk = gone.chunk`
}

function chunks(tx: Transaction, rows: Chunk[]) {
  const { columns, bits } = sparseChunks(tx, rows)
  return tx`
    select period::engagement_period, facet::engagement_facet, attempts::engagement_attempts, value, start::date as start, chunk,
           ${bits} as bits
    from unnest(${rows.map(({ name }) => name.period)}::text[], ${rows.map(({ name }) => name.facet)}::text[],
                ${rows.map(({ name }) => name.attempts)}::text[], ${rows.map(({ name }) => name.value)}::text[],
                ${rows.map(({ name }) => isoDay(name.start))}::text[],
                ${columns}) as given (period, facet, attempts, value, start, chunk, zero_bytes, hex)`
}

function slices<T>(rows: T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_PER_STATEMENT) }, (_, i) =>
    rows.slice(i * ROWS_PER_STATEMENT, (i + 1) * ROWS_PER_STATEMENT),
  )
}
