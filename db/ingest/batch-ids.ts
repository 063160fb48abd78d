import type { Sql } from '../connection/connect.ts'

/** As `increment by` of the sequence says. */
const BLOCK_SIZE = 64n

/**
 * Hands out batch ids before the batch is written, a block a round trip (hi-lo). Ids are unique, not dense, and not in
 * order of commit.
 */
export function createBatchIds(sql: Sql): () => Promise<bigint> {
  let next = 0n
  let end = 0n
  return async () => {
    if (next === end) {
      const [row] = await sql<
        { last: bigint }[]
      >`/* createBatchIds */ select nextval('batch_id_block') as last`
      if (row === undefined) throw new Error('nextval returned no row')
      end = row.last + 1n
      next = end - BLOCK_SIZE
    }
    return next++
  }
}
