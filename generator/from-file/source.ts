import { createHash } from 'node:crypto'
import { unlessAborted } from '../../concurrency/unless-aborted.ts'

/** What identifies a source: each entry is compared with that of an earlier run. */
export type Identity = Record<string, string | number | null>

/** The bytes of a file, of a URL's response, or of standard input, before they are unpacked. */
export type Source = {
  /** The name in messages: a URL without its credentials and query, which may be secret. */
  name: string
  /** A name whose extension may tell the format. */
  fileName: string
  contentType: string | null
  /** In bytes; null: it is not known. */
  size: number | null
  /** Null: it can be read only once, so no position is kept. */
  resume: { identity: Identity; positionFile: string } | null
  /** Its first bytes, about HEAD_BYTES; fewer if it is shorter or fewer tell the format. */
  head: Buffer
  /**
   * Reads all bytes from this one on. Call it once.
   * @throws {Error} in one line, also while the bytes are read
   */
  read: (from: number) => AsyncIterable<Buffer>
  /** Whether `read` can start at a byte; otherwise it always starts at the first one. */
  isSeekable: boolean
  /** Reads the identity again, to notice a change; null if `resume` is null. */
  currentIdentity: () => Promise<Identity | null>
}

/** Long enough to tell files apart, and read at once. */
export const HEAD_BYTES = 64 * 1024

export const digestOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Reads the beginning until it is enough. Returns it, and all chunks including those of the beginning.
 * @throws {StoppedError} when `stop` aborts
 */
export async function peek(
  chunks: AsyncIterable<Buffer>,
  isEnough: (head: Buffer) => boolean,
  stop: AbortSignal,
): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (!isEnough(head)) {
    const next = await unlessAborted(iterator.next(), stop)
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  return { head, all: chain(head, iterator) }
}

async function* chain(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  yield* { [Symbol.asyncIterator]: () => rest }
}
