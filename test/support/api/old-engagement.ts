import { readFile } from 'node:fs/promises'
import type { Sql } from '../../../db/connection/connect.ts'
import { idTables } from '../../../db/rollups/id-tables.ts'
import { migrationFiles, migrationFolder, schemaNumber } from '../../../db/schema/schema-version.ts'
import { MemberSet } from '../../../domain/engagement/member-set.ts'
import { sightingKinds, type SightingKind } from '../../../domain/sightings/sighting.ts'
import type { SeenLogin } from './logins-by-day.ts'

/** The schema of Rollcall 0.3.1, which did not tell logins from failures. */
const OLD_SCHEMA = 105
const HOUR_MS = 3_600_000

export async function migrateToOldSchema(sql: Sql): Promise<void> {
  await sql`create table migration (name text primary key, applied_at timestamptz not null default now())`
  await sql`
    create table schema_version (one boolean primary key default true check (one), schema integer not null, version text not null,
                                 oldest_writer integer not null, oldest_reader integer not null)`
  await sql`
    insert into schema_version (schema, version, oldest_writer, oldest_reader)
    values (${OLD_SCHEMA}, '0.3.1', ${OLD_SCHEMA}, ${OLD_SCHEMA})`
  for (const name of (await migrationFiles()).filter((file) => schemaNumber(file) <= OLD_SCHEMA)) {
    await sql.unsafe(await readFile(new URL(name, migrationFolder), 'utf8'))
    await sql`insert into migration (name) values (${name})`
  }
}

/** Numbers begin shortly before the second chunk of bitmaps. */
const FIRST_NUMBER = 32_750

/** What rollups of Rollcall 0.3.1 made of logins: numbers, first days, and the bitmaps of all attempts. */
export async function insertOldEngagement(sql: Sql, logins: readonly SeenLogin[]): Promise<void> {
  await sql`
    create temporary table seen as
    select kind::engagement_kind, id, facet::engagement_facet, value,
           (to_timestamp((login ->> 'eventTimeMs')::float8 / 1000) at time zone 'UTC')::date as day
    from json_array_elements(${JSON.stringify(logins)}::text::json) as given (login),
    lateral (values
      ('user', login ->> 'userId', 'all', ''), ('device', login ->> 'deviceId', 'all', ''), ('address', login ->> 'ip', 'all', ''),
      ('user', login ->> 'userId', 'device_type', login ->> 'deviceType'),
      ('user', login ->> 'userId', 'app_version', login ->> 'appVersion'),
      ('user', login ->> 'userId', 'locale', login ->> 'locale'),
      ('user', login ->> 'userId', 'outcome', login ->> 'outcome')) as of (kind, id, facet, value)`
  for (const kind of sightingKinds) {
    const { table, id } = idTables[kind]
    await sql`
      insert into ${sql(table)} (${sql(id)}, number, first_day)
      select id, ${FIRST_NUMBER}::integer + row_number() over (order by min(day), id) - 1, min(day)
      from seen where kind = ${kind}::text::engagement_kind group by id`
  }
  await sql`update engagement_kind_size set members = ${FIRST_NUMBER} + (select count(*) from app_user) where kind = 'user'`
  await sql`update engagement_kind_size set members = ${FIRST_NUMBER} + (select count(*) from device) where kind = 'device'`
  await sql`update engagement_kind_size set members = ${FIRST_NUMBER} + (select count(*) from address) where kind = 'address'`
  await sql`
    insert into engagement_chunk (kind, period, facet, value, start, chunk, members, few_members)
    select kind, period::engagement_period, facet, value, start, chunk,
           case when facet = 'all' then bits end, case when facet <> 'all' then bits end
    from (
      select kind, period, facet, value, date_trunc(period, day)::date as start, number / 32768 as chunk,
             bit_or(set_bit(repeat('0', 32768)::bit(32768), number % 32768, 1)) as bits
      from (
        select seen.kind, facet, value, day, number
        from seen join (${numbers(sql)}) as known using (kind, id)
        union all
        select kind, 'first', '', first_day, number from (${numbers(sql)}) as known
      ) as member, unnest('{day,week,month}'::text[]) as period
      group by 1, 2, 3, 4, 5, 6
    ) as bitmap`
  await sql`drop table seen`
  await sql`
    insert into active_user_count (period, start, facet, value)
    select distinct period, start, facet, value from engagement where kind = 'user' and facet <> 'first'`
}

const numbers = (sql: Sql) => sql`
  select 'user'::engagement_kind as kind, user_id as id, number, first_day from app_user
  union all select 'device', device_id, number, first_day from device
  union all select 'address', ip, number, first_day from address`

/** Who was there in an hour, as Rollcall 0.3.1 indexed it. */
export async function insertOldHour(sql: Sql, logins: readonly SeenLogin[], hourMs: number): Promise<void> {
  const ids: Record<SightingKind, keyof SeenLogin> = { user: 'userId', device: 'deviceId', address: 'ip' }
  const within = logins.filter(({ eventTimeMs }) => eventTimeMs >= hourMs && eventTimeMs < hourMs + HOUR_MS)
  for (const kind of sightingKinds) {
    const known = await sql<{ number: number }[]>`
      select number from (${numbers(sql)}) as known
      where kind = ${kind}::text::engagement_kind and id = any(${within.map((login) => String(login[ids[kind]]))}::text[])`
    const members = new MemberSet()
    for (const { number } of known) members.add(number)
    await sql`
      insert into hour_member (hour, kind, members)
      values (${new Date(hourMs)}, ${kind}::text::engagement_kind, ${Buffer.from(members.pack())})`
  }
}
