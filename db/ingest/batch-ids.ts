import type { Sql } from '../connection/connect.ts'

/** The `increment by` of the sequence batch_id_block. */
const BLOCK_SIZE = 64n

/**
 * Hands out batch ids before a batch is written, and fetches a block of them in one round trip (hi-lo
 * allocation). Ids are unique; they have gaps and do not follow the order of commits.
 */
export function createBatchIds(sql: Sql): () => Promise<bigint> {
  let next = 0n
  let end = 0n
  return async () => {
    if (next === end) {
      const [row] = await sql<
        { last: bigint }[]
      >`/* createBatchIds */ select nextval('batch_id_block') as last`
      if (row === undefined) throw new Error('createBatchIds returned no row')
      end = row.last + 1n
      next = end - BLOCK_SIZE
    }
    return next++
  }
}
