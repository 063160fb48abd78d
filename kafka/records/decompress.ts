import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { unlz4 } from './lz4.ts'
import { unsnappy } from './snappy.ts'

/**
 * What the records of one batch may take. Brokers bound the compressed bytes alone, and a thousand times as much may
 * come out of them; real producers stay far below, with 16 KiB to a few MiB.
 */
export const RECORDS_MAX_BYTES = 128 * 1024 * 1024

/** By their number in the attributes of a record batch; 0 is none. */
const decoders: Record<number, (bytes: Buffer, maxBytes: number) => Buffer> = {
  0: (bytes) => bytes,
  1: (bytes, maxBytes) => gunzipSync(bytes, { maxOutputLength: maxBytes }),
  2: unsnappy,
  3: unlz4,
  4: (bytes, maxBytes) => zstdDecompressSync(bytes, { maxOutputLength: maxBytes }),
}

/** @throws {Error} for an unknown codec, bytes that are not the codec's, and more than RECORDS_MAX_BYTES of result */
export function decompress(codec: number, bytes: Buffer): Buffer {
  const decode = decoders[codec]
  if (decode === undefined)
    throw new RangeError(`codec number ${codec} is not known; Rollcall reads gzip, snappy, lz4 and zstd`)
  return decode(bytes, RECORDS_MAX_BYTES)
}
