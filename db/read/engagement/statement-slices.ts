import { CHUNK_BITS } from '../../../domain/engagement/bitmap.ts'

/** Splits what is asked for into what one statement reads. */
export const slicesOf = <T>(all: readonly T[], atOnce: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / atOnce) }, (_, i) => all.slice(i * atOnce, (i + 1) * atOnce))

/** Chunks of bitmaps that one statement sends: 5 KB each while they are text. */
const CHUNKS_AT_ONCE = 2_000

/** How many bitmaps of so many members one statement sends. */
export const bitmapsAtOnce = (members: number): number =>
  Math.max(1, Math.floor(CHUNKS_AT_ONCE / Math.max(1, Math.ceil(members / CHUNK_BITS))))
