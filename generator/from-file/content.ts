import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Source } from './source.ts'

const GZIP = Buffer.from([0x1f, 0x8b, 0x08])
const CHUNK_BYTES = 1024 * 1024

export const isGzip = ({ head }: Pick<Source, 'head'>): boolean => head.subarray(0, GZIP.length).equals(GZIP)

/** The unpacked content of a source. */
export type Content = {
  chunks: AsyncIterable<Buffer>
  /** About which share of the source lies before a byte of the content; null: its size is not known. */
  shareBefore: (offset: number) => number | null
}

/** Opens the content from a byte on. Reading its chunks may throw an {Error} in one line. */
export function contentOf(source: Source, from: number): Content {
  const share = (bytes: number) =>
    source.size === null ? null : Math.min(1, bytes / Math.max(1, source.size))
  if (isGzip(source)) {
    const read = { bytes: 0 }
    return { chunks: skip(gunzip(source, read), from), shareBefore: () => share(read.bytes) }
  }
  const chunks = source.isSeekable ? source.read(from) : skip(source.read(0), from)
  return { chunks, shareBefore: share }
}

/** Unpacks a source. @param read counts the packed bytes that were read */
async function* gunzip(source: Source, read: { bytes: number }): AsyncGenerator<Buffer> {
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES })
  // An error of the source comes out of the unpacked stream. The callback does nothing, but pipeline requires
  // one.
  pipeline(Readable.from(counting(source.read(0), read)), unpacked, () => undefined)
  try {
    for await (const chunk of unpacked) yield chunk as Buffer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error
    throw new Error(`${source.name} is damaged or cut off: gzip says ${(error as Error).message}`, {
      cause: error,
    })
  }
}

async function* counting(chunks: AsyncIterable<Buffer>, read: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    read.bytes += chunk.length
    yield chunk
  }
}

/** Yields everything but the first bytes. */
export async function* skip(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let rest = bytes
  for await (const chunk of chunks) {
    if (chunk.length > rest) yield chunk.subarray(rest)
    rest = Math.max(0, rest - chunk.length)
  }
}

/** Beginnings of files that have to be unpacked or converted before they are lines. */
const foreign = [
  { what: 'a zip archive', mend: 'unzip -p', at: 0, bytes: 'PK\x03\x04' },
  { what: 'compressed with zstd', mend: 'zstd -dc', at: 0, bytes: '\x28\xb5\x2f\xfd' },
  { what: 'compressed with bzip2', mend: 'bzip2 -dc', at: 4, bytes: '1AY&SY' },
  { what: 'compressed with xz', mend: 'xz -dc', at: 0, bytes: '\xfd7zXZ\0' },
  { what: 'a tar archive', mend: 'tar -xO', at: 257, bytes: 'ustar' },
  { what: 'UTF-16', mend: 'iconv -f UTF-16 -t UTF-8', at: 0, bytes: '\xff\xfe' },
  { what: 'UTF-16', mend: 'iconv -f UTF-16 -t UTF-8', at: 0, bytes: '\xfe\xff' },
]

/** @throws {Error} when the content has to be unpacked or converted first */
export function refuseForeign(name: string, head: Buffer): void {
  const text = head.toString('latin1')
  const found = foreign.find(({ at, bytes }) => text.startsWith(bytes, at))
  if (found === undefined) return
  throw new Error(
    `${name} is ${found.what}: turn it into lines, for example with ${found.mend}, and send those with --from -`,
  )
}
