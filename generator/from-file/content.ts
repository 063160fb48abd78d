import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Source } from './source.ts'

const GZIP = Buffer.from([0x1f, 0x8b, 0x08])
const CHUNK_BYTES = 1024 * 1024

export const isGzip = ({ head }: Pick<Source, 'head'>): boolean => head.subarray(0, GZIP.length).equals(GZIP)

/** What a source holds, unpacked. */
export type Content = {
  chunks: AsyncIterable<Buffer>
  /** The share of the source that lies before a byte of the content, about; null when its size is not known. */
  shareBefore: (offset: number) => number | null
}

/** The content from one byte on. Its chunks throw {Error} in one line while they are read. */
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

/** @param read counts what was read of the packed bytes */
async function* gunzip(source: Source, read: { bytes: number }): AsyncGenerator<Buffer> {
  const unpacked = createGunzip({ chunkSize: CHUNK_BYTES })
  // The error of what is read comes out of the unpacked stream; the callback is there because pipeline wants one.
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

/** All but the first bytes. */
export async function* skip(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let rest = bytes
  for await (const chunk of chunks) {
    if (chunk.length > rest) yield chunk.subarray(rest)
    rest = Math.max(0, rest - chunk.length)
  }
}

/** Beginnings of files that hold lines only once they are unpacked or converted. */
const foreign = [
  { what: 'a zip archive', mend: 'unzip -p', at: 0, bytes: 'PK\x03\x04' },
  { what: 'compressed with zstd', mend: 'zstd -dc', at: 0, bytes: '\x28\xb5\x2f\xfd' },
  { what: 'compressed with bzip2', mend: 'bzip2 -dc', at: 4, bytes: '1AY&SY' },
  { what: 'compressed with xz', mend: 'xz -dc', at: 0, bytes: '\xfd7zXZ\0' },
  { what: 'a tar archive', mend: 'tar -xO', at: 257, bytes: 'ustar' },
  { what: 'UTF-16', mend: 'iconv -f UTF-16 -t UTF-8', at: 0, bytes: '\xff\xfe' },
  { what: 'UTF-16', mend: 'iconv -f UTF-16 -t UTF-8', at: 0, bytes: '\xfe\xff' },
]

/** @throws {Error} when the content begins as no lines do */
export function refuseForeign(name: string, head: Buffer): void {
  const text = head.toString('latin1')
  const found = foreign.find(({ at, bytes }) => text.startsWith(bytes, at))
  if (found === undefined) return
  throw new Error(
    `${name} is ${found.what}: turn it into lines, for example with ${found.mend}, and send those with --from -`,
  )
}
