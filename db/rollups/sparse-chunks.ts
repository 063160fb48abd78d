import { sparseHex } from '../../domain/engagement/bitmap.ts'
import type { Transaction } from '../connection/connect.ts'

/**
 * Passes chunks of bitmaps to Postgres. `columns` are the arrays chunk, zero_bytes and hex for `unnest`;
 * `bits` makes the bit string from the last two. Zeros at the end of a bit string are left out: the cast adds
 * them.
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
