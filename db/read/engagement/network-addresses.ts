import type { Network } from '../../../domain/fields/network.ts'
import { addressText } from '../../login-rows/address-text.ts'
import { ROWS_TO_LIST } from '../../login-rows/rows-to-list.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'
import { either } from '../within-ranges.ts'

/**
 * Reads the addresses of some networks that have numbers, with these. Give at least one network.
 * @param most how many may be read
 * @returns null: there are more
 */
export async function readAddressesWithin(
  { sql }: ReadSession,
  networks: readonly Network[],
  most: number,
): Promise<Map<string, number> | null> {
  const rows = await sql<{ ip: string; number: number }[]>`
    /* readAddressesWithin */
    select ip, number from address where ${withinNetworks(sql, networks)} limit ${most + 1}`
  return rows.length > most ? null : new Map(rows.map(({ ip, number }) => [ip, number]))
}

/** By what they begin with, an index finds them where texts are ordered by their bytes. */
const withinNetworks = (sql: ReadSession['sql'], networks: readonly Network[]) =>
  either(
    sql,
    networks.map(
      ({ text, startsWith }) =>
        sql`(starts_with(ip, ${startsWith}::text) and ip::inet <<= ${text}::text::inet)`,
    ),
  )

/** Reads the addresses of some networks that have logins in batches that are not indexed yet. */
export async function readUnindexedWithin(
  { sql }: ReadSession,
  networks: readonly Network[],
): Promise<Set<string>> {
  const rows = await sql<{ address: string }[]>`
    /* readUnindexedWithin */
    with waiting as materialized (
      select batch_id from pending_commit_rollup union select batch_id from unindexed_batch
    )
    select distinct ${addressText(sql)} as address
    from ${sql.unsafe(ROWS_TO_LIST)} as login
    where batch_id between (select min(batch_id) from waiting) and (select max(batch_id) from waiting)
      and (batch_id in (select batch_id from waiting)) is true
      and ip <<= any(${networks.map(({ text }) => text)}::text[]::inet[])`
  return new Set(rows.map(({ address }) => address))
}
