import {
  engagementChanges,
  firstDays,
  type BitmapName,
  type Member,
} from '../../domain/engagement/engagement.ts'
import { isoDay } from '../../domain/time/period.ts'
import { entriesOf } from '../../domain/sightings/sighting-cache.ts'
import { sightingKinds } from '../../domain/sightings/sighting.ts'
import type { SightingKind, Sightings } from '../../domain/sightings/sighting.ts'
import { forgetActiveUserCounts, SIGHTINGS_LOCK } from './active-user-counts.ts'
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
    if (!(await tryAdvisoryLock(tx, SIGHTINGS_LOCK))) return 0
    const sightings = await takeSightings(tx)
    for (const kind of sightingKinds) await rollUpKind(tx, kind, sightings)
    return entriesOf(sightings)
  })
}

/**
 * Deletes rows by ctid: the table has no index, because rows that come and go all the time would bloat it.
 */
async function takeSightings(tx: Transaction): Promise<Sightings> {
  const rows = await tx<{ sightings: Sightings }[]>`/* takeSightings */
    delete from sighting_delta
    where ctid = any(array(
      select place from (select ctid as place, sum(entries) over (order by batch_id, ctid) - entries as before
                         from sighting_delta) as waiting
      where before < ${MAX_ENTRIES}))
    returning sightings`
  return rows.flatMap(({ sightings }) => sightings)
}

async function rollUpKind(tx: Transaction, kind: SightingKind, sightings: Sightings): Promise<void> {
  const first = firstDays(sightings, kind)
  if (first.size === 0) return
  const members = await numberMembers(tx, kind, first)
  const { set, clear } = engagementChanges(sightings, kind, members)
  const changed: BitmapName[] = []
  for (const rows of slices(set)) changed.push(...(await setBits(tx, kind, rows)))
  for (const rows of slices(clear)) changed.push(...(await clearBits(tx, kind, rows)))
  if (kind === 'user') await forgetActiveUserCounts(tx, changed)
}

/** Gives a number to each id that has none, and corrects first days that turn out to be earlier. */
async function numberMembers(
  tx: Transaction,
  kind: SightingKind,
  first: ReadonlyMap<string, number>,
): Promise<Map<string, Member>> {
  const { table, id } = idTables[kind]
  const ids = [...first.keys()]
  const before = new Map(
    (await knownMembers(tx, kind, ids)).map(([at, number, day]) => [ids[at], { number, day }]),
  )
  const added = [...first].filter(([name]) => !before.has(name))
  const moved = [...first].filter(([name, day]) => day < (before.get(name)?.day ?? -Infinity))
  const next = await takeNumbers(tx, kind, added.length)
  await tx`/* numberMembers: add */
    insert into ${tx(table)} (${tx(id)}, number, first_day)
    select added ->> 0, ${next}::integer + at::integer - 1, date '1970-01-01' + (added ->> 1)::integer
    from json_array_elements(${JSON.stringify(added)}::text::json) with ordinality as given (added, at)`
  await tx`/* numberMembers: first days */
    update ${tx(table)} held set first_day = date '1970-01-01' + (moved ->> 1)::integer
    from json_array_elements(${JSON.stringify(moved)}::text::json) as given (moved)
    where held.${tx(id)} = moved ->> 0`
  const numbers = new Map(added.map(([name], i) => [name, next + i]))
  return new Map(
    Array.from(first, ([name, day]) => {
      const held = before.get(name)
      const number = held?.number ?? numbers.get(name) ?? 0
      const firstDayBefore = held?.day ?? null
      return [name, { number, firstDay: Math.min(day, firstDayBefore ?? day), firstDayBefore }]
    }),
  )
}

/** Sends and receives JSON, which costs Node a fraction of what arrays and rows do. */
async function knownMembers(
  tx: Transaction,
  kind: SightingKind,
  ids: string[],
): Promise<[at: number, number: number, firstDay: number][]> {
  const { table, id } = idTables[kind]
  const [found] = await tx<{ members: [number, number, number][] }[]>`/* knownMembers */
    select coalesce(json_agg(json_build_array(at - 1, number, first_day - date '1970-01-01')), '[]') as members
    from json_array_elements_text(${JSON.stringify(ids)}::text::json) with ordinality as seen (id, at)
    join ${tx(table)} as held on held.${tx(id)} = seen.id`
  return found?.members ?? []
}

/** Takes `count` unused numbers that follow each other. Returns the first one. */
async function takeNumbers(tx: Transaction, kind: SightingKind, count: number): Promise<number> {
  const [size] = await tx<{ next: number }[]>`/* takeNumbers */
    update engagement_kind_size set members = members + ${count}::integer
    where kind = ${kind}::text::engagement_kind returning members - ${count}::integer as next`
  return size?.next ?? 0
}

type Chunk = { name: BitmapName; chunk: number; bits: readonly number[] }

/** @returns the bitmaps that changed */
async function setBits(tx: Transaction, kind: SightingKind, rows: Chunk[]): Promise<BitmapName[]> {
  return await tx<BitmapName[]>`/* setBits */
    with changed as (
      insert into engagement_chunk as held (kind, period, facet, value, start, chunk, ${bitmapColumns(tx)})
      select ${kind}::text::engagement_kind, period, facet, value, start, chunk, ${bitmapValues(tx, tx`bits`)}
      from (${chunks(tx, rows)} offset 0) as added
      on conflict (kind, period, facet, value, start, chunk) ${addToBitmap(tx)}
      returning period, facet, value, start
    ) ${names(tx)}`
}

/** @returns the bitmaps that may have changed */
async function clearBits(tx: Transaction, kind: SightingKind, rows: Chunk[]): Promise<BitmapName[]> {
  return await tx<BitmapName[]>`/* clearBits */
    with changed as (
      update engagement_chunk held ${setBitmap(tx, tx`${bitmapOfRow(tx, 'held')} & ~gone.bits`)}
      from (${chunks(tx, rows)}) as gone
      where held.kind = ${kind}::text::engagement_kind and held.period = gone.period and held.facet = gone.facet
        and held.value = gone.value and held.start = gone.start and held.chunk = gone.chunk
      returning held.period, held.facet, held.value, held.start
    ) ${names(tx)}`
}

const names = (tx: Transaction) =>
  tx`select distinct period, facet, value, start - date '1970-01-01' as start from changed`

function chunks(tx: Transaction, rows: Chunk[]) {
  const { columns, bits } = sparseChunks(tx, rows)
  return tx`
    select period::engagement_period, facet::engagement_facet, value, start::date as start, chunk, ${bits} as bits
    from unnest(${rows.map(({ name }) => name.period)}::text[], ${rows.map(({ name }) => name.facet)}::text[],
                ${rows.map(({ name }) => name.value)}::text[], ${rows.map(({ name }) => isoDay(name.start))}::text[],
                ${columns}) as given (period, facet, value, start, chunk, zero_bytes, hex)`
}

function slices<T>(rows: T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_PER_STATEMENT) }, (_, i) =>
    rows.slice(i * ROWS_PER_STATEMENT, (i + 1) * ROWS_PER_STATEMENT),
  )
}
