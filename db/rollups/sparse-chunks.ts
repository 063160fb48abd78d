import { sparseHex } from '../../domain/engagement/bitmap.ts'
import type { Transaction } from '../connection/connect.ts'

/**
 * Chunks of bitmaps on their way to Postgres: `columns` are the arrays chunk, zero_bytes and hex for `unnest`, `bits` is the bit
 * string of the last two. What is left out at the end of a bit string is zeros.
 */
export function sparseChunks(tx: Transaction, chunks: readonly { chunk: number; bits: readonly number[] }[]) {
  const sparse = chunks.map(({ bits }) => sparseHex(bits))
  return {
    columns: tx`${chunks.map(({ chunk }) => String(chunk))}::text[]::integer[],
                ${sparse.map(({ zeroBytes }) => String(zeroBytes))}::text[]::integer[],
                ${sparse.map(({ hex }) => hex)}::text[]`,
    bits: tx`('x' || repeat('00', zero_bytes) || hex)::bit(32768)`,
  }
}
