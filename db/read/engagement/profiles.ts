import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { CHUNK_BITS } from '../../../domain/engagement/bitmap.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { addressText } from '../../login-rows/address-text.ts'
import { type Key, orderOfPage, type Page, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** First, last and number of active days (UTC) of a user, device or address. These are kept for ever. */
export type Profile = { kind: SightingKind; id: string; firstDay: Date; lastDay: Date; activeDays: number }

/** Reads a profile. Null: the id was never seen, as far as sightings are rolled up. */
export async function readProfile(
  { sql }: ReadSession,
  kind: SightingKind,
  id: string,
): Promise<Profile | null> {
  const { table, id: column } = idTables[kind]
  const [row] = await sql<{ first_day: Date; last_day: Date; active_days: number }[]>`
    /* readProfile */
    select first_day::timestamptz as first_day, last_day::timestamptz as last_day, active_days
    from ${sql(table)} as known, lateral (
      select max(start) as last_day, count(*)::integer as active_days
      from engagement
      where kind = ${kind}::text::engagement_kind and period = 'day' and facet = 'all' and value = ''
        and start >= first_day and chunk = number / ${CHUNK_BITS}
        and get_bit(members, number % ${CHUNK_BITS}) = 1) as days
    where ${sql(column)} = ${id}`
  if (row === undefined) return null
  return { kind, id, firstDay: row.first_day, lastDay: row.last_day, activeDays: row.active_days }
}

export type Trait = 'user_id' | 'device_id' | 'ip' | DimensionName

/** A value of a trait among the kept login rows of somebody. */
export type TraitRow = {
  value: string
  logins: bigint
  first_at: Date
  last_at: Date
  /** last_at to the microsecond; key_id tells values of the same moment apart. */
  key_at: string
  key_id: bigint
}

export const keyOfTrait = ({ key_at: at, key_id: id }: TraitRow): Key => ({ at, ids: [id] })

export type Somebody = Pick<Profile, 'kind' | 'id'>

const columns = { user: 'user_id', device: 'device_id', address: 'ip' } as const satisfies Record<
  SightingKind,
  Trait
>

/** Reads the values of a trait among the kept login rows of somebody, the latest seen first. */
export async function readTraits(
  { sql }: ReadSession,
  somebody: Somebody,
  trait: Trait,
  page: Page,
): Promise<TraitRow[]> {
  const order: [string, ...string[]] = ['last_at', 'key_id']
  return await sql<TraitRow[]>`
    /* readTraits */
    select value, logins, first_at, last_at, last_at::text as key_at, key_id
    from (
      select value, count(*) as logins, min(event_at) as first_at, max(event_at) as last_at,
             hashtextextended(value, 0) & ${KEY_BITS}::text::bigint as key_id
      from (select ${valueOf(sql, trait)} as value, event_at from login where ${isOf(sql, somebody)}) as said
      group by value
    ) as said
    where true ${withinPage(sql, order, page, { from: null, to: null })}
    ${orderOfPage(sql, order, page)}`
}

/** The bits that a number in a cursor may have. */
const KEY_BITS = String(2n ** 59n - 1n)

/** Counts the values of a trait among the kept login rows of somebody. */
export async function countTraits({ sql }: ReadSession, somebody: Somebody, trait: Trait): Promise<number> {
  const [row] = await sql<{ values: number }[]>`
    /* countTraits */
    select count(distinct ${sql(trait)})::integer as values from login where ${isOf(sql, somebody)}`
  return row?.values ?? 0
}

const valueOf = (sql: ReadSession['sql'], trait: Trait) =>
  trait === 'ip' ? addressText(sql) : sql`${sql(trait)}`

const isOf = (sql: ReadSession['sql'], { kind, id }: Somebody) =>
  kind === 'address' ? sql`ip = ${id}::text::inet` : sql`${sql(columns[kind])} = ${id}`
