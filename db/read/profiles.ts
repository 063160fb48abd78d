import type { PresenceKind } from '../../domain/presence.ts'
import { CHUNK_BITS } from '../../domain/bitmap.ts'
import { dictionaries } from '../dictionaries.ts'
import { addressText } from './address-text.ts'
import type { ReadSession } from './snapshot.ts'

/** Days (UTC) of somebody, at any age. */
export type Profile = { kind: PresenceKind; id: string; firstDay: Date; lastDay: Date; activeDays: number }

/** Null: nobody of that id was ever seen, as far as presences are folded. */
export async function readProfile(
  { sql }: ReadSession,
  kind: PresenceKind,
  id: string,
): Promise<Profile | null> {
  const { table, id: column } = dictionaries[kind]
  const [row] = await sql<{ first_day: Date; last_day: Date; active_days: number }[]>`
    /* profile */
    select first_day::timestamptz as first_day, last_day::timestamptz as last_day, active_days
    from ${sql(table)} as known, lateral (
      select max(start) as last_day, count(*)::integer as active_days
      from activity
      where kind = ${kind}::text::activity_kind and period = 'day' and facet = 'all' and value = ''
        and start >= first_day and chunk = number / ${CHUNK_BITS}
        and get_bit(members, number % ${CHUNK_BITS}) = 1) as days
    where ${sql(column)} = ${id}`
  if (row === undefined) return null
  return { kind, id, firstDay: row.first_day, lastDay: row.last_day, activeDays: row.active_days }
}

export const traits = ['user_id', 'device_id', 'ip', 'locale', 'app_version', 'device_type'] as const
export type Trait = (typeof traits)[number]

/** A value that logins of somebody have in common, within the rows that are kept. */
export type TraitRow = { trait: Trait; value: string; logins: bigint; first_at: Date; last_at: Date }

const columns = { user: 'user_id', device: 'device_id', address: 'ip' } as const satisfies Record<
  PresenceKind,
  Trait
>

/**
 * What the kept logins of somebody say of each trait, the values seen last first.
 * @param limit values of a trait at most
 */
export async function readTraits(
  { sql }: ReadSession,
  { kind, id }: { kind: PresenceKind; id: string },
  limit: number,
): Promise<TraitRow[]> {
  return await sql<TraitRow[]>`
    /* traits */
    select trait, value, logins, first_at, last_at
    from (
      select trait, value, count(*) as logins, min(event_at) as first_at, max(event_at) as last_at,
             row_number() over (partition by trait order by max(event_at) desc, value collate "C") as place
      from login, lateral (values ('user_id', user_id), ('device_id', device_id), ('ip', ${addressText(sql)}), ('locale', locale),
                                  ('app_version', app_version), ('device_type', device_type)) as said (trait, value)
      where ${isOf(sql, kind, id)}
      group by trait, value
    ) as said
    where place <= ${limit}
    order by trait, place`
}

const isOf = (sql: ReadSession['sql'], kind: PresenceKind, id: string) =>
  kind === 'address' ? sql`ip = ${id}::text::inet` : sql`${sql(columns[kind])} = ${id}`
