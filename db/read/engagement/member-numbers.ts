import type { SightingKind } from '../../../domain/sightings/sighting.ts'
import { addressText } from '../../login-rows/address-text.ts'
import { ROWS_TO_LIST } from '../../login-rows/rows-to-list.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { idTables } from '../../rollups/id-tables.ts'

/** Reads the numbers of users, devices or addresses. Who has none yet is left out. */
export async function readNumbers(
  { sql }: ReadSession,
  kind: SightingKind,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const { table, id } = idTables[kind]
  const rows = await sql<{ id: string; number: number }[]>`
    /* readNumbers */
    select ${sql(id)} as id, number from ${sql(table)} where ${sql(id)} = any(${[...ids]}::text[])`
  return new Map(rows.map((row) => [row.id, row.number]))
}

/** Reads the ids that numbers stand for. */
export async function readIds(
  { sql }: ReadSession,
  kind: SightingKind,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map()
  const { table, id } = idTables[kind]
  const rows = await sql<{ id: string; number: number }[]>`
    /* readIds */
    select ${sql(id)} as id, number from ${sql(table)} where number = any(${[...numbers]}::integer[])`
  return new Map(rows.map((row) => [row.number, row.id]))
}

/** Reads which of some users, devices or addresses have logins in batches that are not indexed yet. */
export async function readUnindexedIds(
  { sql }: ReadSession,
  kind: SightingKind,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const { id } = idTables[kind]
  const type = sql.unsafe(kind === 'address' ? 'inet' : 'text')
  const rows = await sql<{ id: string }[]>`
    /* readUnindexedIds */
    with waiting as materialized (
      select batch_id from pending_commit_rollup union select batch_id from unindexed_batch
    )
    select distinct ${kind === 'address' ? addressText(sql) : sql(id)} as id
    from ${sql.unsafe(ROWS_TO_LIST)} as login
    where batch_id between (select min(batch_id) from waiting) and (select max(batch_id) from waiting)
      and (batch_id in (select batch_id from waiting)) is true and ${sql(id)} = any(${[...ids]}::text[]::${type}[])`
  return new Set(rows.map((row) => row.id))
}
