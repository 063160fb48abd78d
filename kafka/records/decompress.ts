import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { unlz4 } from './lz4.ts'
import { unsnappy } from './snappy.ts'

/**
 * Largest result for the records of one batch. Brokers limit only the compressed bytes, and these may expand
 * a thousandfold. Real producers stay far below, at 16 KiB to a few MiB.
 */
export const RECORDS_MAX_BYTES = 128 * 1024 * 1024

/** Decoders by their number in the attributes of a record batch; 0 means uncompressed. */
const decoders: Record<number, (bytes: Buffer, maxBytes: number) => Buffer> = {
  0: (bytes) => bytes,
  1: (bytes, maxBytes) => gunzipSync(bytes, { maxOutputLength: maxBytes }),
  2: unsnappy,
  3: unlz4,
  4: (bytes, maxBytes) => zstdDecompressSync(bytes, { maxOutputLength: maxBytes }),
}

/**
 * @throws {Error} the codec is unknown, the bytes are not in its format, or the result exceeds
 * RECORDS_MAX_BYTES
 */
export function decompress(codec: number, bytes: Buffer): Buffer {
  const decode = decoders[codec]
  if (decode === undefined)
    throw new RangeError(`codec number ${codec} is not known; Rollcall reads gzip, snappy, lz4 and zstd`)
  return decode(bytes, RECORDS_MAX_BYTES)
}
