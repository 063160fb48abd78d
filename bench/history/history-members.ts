import type { Sql } from '../../db/connection/connect.ts'
import { bytesOfBits } from '../../db/read/binary-rows.ts'
import { idTables } from '../../db/rollups/id-tables.ts'
import { MemberSet } from '../../domain/engagement/member-set.ts'
import { listedNumbers, numbersOfChunk } from '../../domain/engagement/read-numbers.ts'
import { CHUNK_BITS } from '../../domain/engagement/bitmap.ts'
import { type AttemptHalf, attemptHalves } from '../../domain/sightings/attempts.ts'
import { type SightingKind, sightingKinds } from '../../domain/sightings/sighting.ts'
import { noFirstDay } from './history-engagement.ts'
import type { HistorySize } from './history-size.ts'

/** Packs who is active in each hour of the day in the table of_day (history-days.ts). */
export async function packHours(sql: Sql): Promise<void> {
  const hours = await sql<({ hour: Date; half: string } & Record<SightingKind, Buffer>)[]>`
    select hour, half, string_agg(int4send("user"), ''::bytea) as "user", string_agg(int4send(device), ''::bytea) as device,
           string_agg(int4send(address), ''::bytea) as address
    from of_day group by hour, half`
  for (const { hour, half, ...seen } of hours)
    for (const kind of sightingKinds) {
      const set = new MemberSet()
      set.addAll(listedNumbers(seen[kind]))
      await sql`
        insert into hour_member (hour, kind, attempts, members)
        values (${hour}, ${kind}::text::engagement_kind, ${half}::text::engagement_attempts, ${Buffer.from(set.pack())})`
    }
}

/** Gives users, devices and addresses the first days that bitmaps have, and removes those who were never active. */
export async function writeFirstDays(sql: Sql, size: HistorySize): Promise<void> {
  for (const kind of sightingKinds) {
    for (const half of attemptHalves)
      for (let chunk = 0; chunk * CHUNK_BITS < size.users; chunk++)
        await writeFirstDaysOf(sql, kind, half, chunk)
    const { table } = idTables[kind]
    const isNone = `first_login_day = date '${noFirstDay(size)}'`
    await sql.unsafe(`delete from ${table} where ${isNone} and first_failure_day is null`)
    await sql.unsafe(`update ${table} set first_login_day = null where ${isNone}`)
  }
}

async function writeFirstDaysOf(
  sql: Sql,
  kind: SightingKind,
  half: AttemptHalf,
  chunk: number,
): Promise<void> {
  const days = await sql<{ start: string; bits: Buffer }[]>`
    select start::text, ${sql.unsafe(bytesOfBits('members'))} as bits from engagement
    where kind = ${kind}::text::engagement_kind and period = 'day' and facet = 'first'
      and attempts = ${half}::text::engagement_attempts and chunk = ${chunk}`
  const firsts = days.flatMap(({ start, bits }) =>
    Array.from(numbersOfChunk(chunk, bits), (number) => ({ number, start })),
  )
  await sql`
    update ${sql(idTables[kind].table)} as held
    set ${sql(half === 'failures' ? 'first_failure_day' : 'first_login_day')} = first.day
    from unnest(${firsts.map(({ number }) => number)}::integer[], ${firsts.map(({ start }) => start)}::text[]::date[])
      as first (number, day)
    where held.number = first.number`
}
