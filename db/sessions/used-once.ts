import type { Sql, Transaction } from '../connection/connect.ts'

/**
 * Uses something that may be used once.
 * @param hash SHA-256 of it
 * @param validMs after which time it is not valid any more, by itself
 * @returns whether this was the first use
 */
export async function useOnce(sql: Sql | Transaction, hash: Buffer, validMs: number): Promise<boolean> {
  await sql`/* useOnce: over */ delete from used_once where expires_at < clock_timestamp()`
  const rows = await sql`/* useOnce */
    insert into used_once (hash, expires_at) values (${hash}, clock_timestamp() + ${validMs} * interval '1 millisecond')
    on conflict (hash) do nothing returning hash`
  return rows.length === 1
}
