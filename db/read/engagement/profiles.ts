import type { DimensionName } from '../../../domain/counts/dimensions.ts'
import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { CHUNK_BITS } from '../../../domain/engagement/bitmap.ts'
import { type AttemptKind, halvesOf } from '../../../domain/sightings/attempts.ts'
import { idTables } from '../../rollups/id-tables.ts'
import { addressText } from '../../login-rows/address-text.ts'
import { ofAttempts } from './set-facets.ts'
import { readIds, readNumbers } from './member-numbers.ts'
import { countUpTo, type Key, orderOfPage, type Page, withinPage } from '../keyset.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

/** A user, device or address that has a number: it was given when its first sighting was rolled up. */
export type Somebody = { kind: SightingKind; id: string; number: number }

/** Finds somebody by the id. Null: it was never seen, as far as sightings are rolled up. */
export async function readSomebody(
  session: ReadSession,
  kind: SightingKind,
  id: string,
): Promise<Somebody | null> {
  const number = (await readNumbers(session, kind, [id])).get(id)
  return number === undefined ? null : { kind, id, number }
}

/** Finds somebody by the number. Null: nobody has it. */
export async function readSomebodyOf(
  session: ReadSession,
  kind: SightingKind,
  number: number,
): Promise<Somebody | null> {
  const id = (await readIds(session, kind, [number])).get(number)
  return id === undefined ? null : { kind, id, number }
}

/** Days (UTC) with attempts of somebody. These are kept for ever. */
export type ActiveDays = {
  /** First and last with an attempt of the kind that is asked for; null: there is none. */
  firstDay: Date | null
  lastDay: Date | null
  activeDays: number
  /** First with an attempt of any kind. */
  firstSeenDay: Date
}

export async function readActiveDays(
  { sql }: ReadSession,
  { kind, number }: Somebody,
  attempts: AttemptKind,
): Promise<ActiveDays> {
  const firstDay = sql`least(${[...halvesOf(attempts)].map((half, i) => sql`${i === 0 ? sql`` : sql`, `}${firstDays(sql)[half]}`)})`
  const [row] = await sql<ActiveDays[]>`
    /* readActiveDays */
    select first_day::timestamptz as "firstDay", last_day::timestamptz as "lastDay", active_days as "activeDays",
           least(first_login_day, first_failure_day)::timestamptz as "firstSeenDay"
    from ${sql(idTables[kind].table)} as known, lateral (select ${firstDay} as first_day) as seen, lateral (
      select max(start) as last_day, count(distinct start)::integer as active_days
      from engagement
      where kind = ${kind}::text::engagement_kind and period = 'day' and facet = 'all'
        and ${ofAttempts(sql, attempts)} and value = '' and start >= first_day and chunk = number / ${CHUNK_BITS}
        and get_bit(members, number % ${CHUNK_BITS}) = 1) as days
    where number = ${number}::integer`
  if (row === undefined) throw new RangeError(`no ${kind} has the number ${number}`)
  return row
}

const firstDays = (sql: ReadSession['sql']) => ({
  logins: sql`first_login_day`,
  failures: sql`first_failure_day`,
})

export type Trait = 'user_id' | 'device_id' | 'ip' | DimensionName

/** A value of a trait among the kept login rows of somebody. */
export type TraitRow = {
  value: string
  logins: bigint
  first_at: Date
  last_at: Date
  /** last_at to the microsecond. */
  key_at: string
  /** The place of the latest login with it. */
  kafka_partition: number
  kafka_offset: bigint
  batch_id: bigint
}

/** The place of a login tells values of one moment apart, and says nothing about them to who has a cursor. */
export const keyOfTrait = (row: TraitRow): Key => ({
  at: row.key_at,
  ids: [BigInt(row.kafka_partition), row.kafka_offset, row.batch_id],
})

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
  const order: [string, ...string[]] = ['last_at', 'kafka_partition', 'kafka_offset', 'batch_id']
  return await sql<TraitRow[]>`
    /* readTraits */
    select *, last_at::text as key_at
    from (
      select distinct on (value) value, count(*) over of_value as logins, min(event_at) over of_value as first_at,
             event_at as last_at, kafka_partition, kafka_offset, batch_id
      from (select ${valueOf(sql, trait)} as value, event_at, kafka_partition, kafka_offset, batch_id
            from login where ${isOf(sql, somebody)}) as said
      window of_value as (partition by value)
      order by value, event_at desc, kafka_partition desc, kafka_offset desc, batch_id desc
    ) as said
    where true ${withinPage(sql, order, page, { from: null, to: null })}
    ${orderOfPage(sql, order, page)}`
}

/** Counts the values of a trait among the kept login rows of somebody, up to a limit. */
export const countTraits = (
  session: ReadSession,
  somebody: Somebody,
  trait: Trait,
  limit: number,
): Promise<number> => {
  const { sql } = session
  const rows = sql`from (select distinct ${sql(trait)} from login where ${isOf(sql, somebody)}) as said`
  return countUpTo(session, rows, limit)
}

const valueOf = (sql: ReadSession['sql'], trait: Trait) =>
  trait === 'ip' ? addressText(sql) : sql`${sql(trait)}`

const isOf = (sql: ReadSession['sql'], { kind, id }: Pick<Somebody, 'kind' | 'id'>) =>
  kind === 'address' ? sql`ip = ${id}::text::inet` : sql`${sql(columns[kind])} = ${id}`
