import { createHash } from 'node:crypto'
import { unlessAborted } from '../../concurrency/unless-aborted.ts'

/** By what a source is known again: each entry is compared with that of an earlier run. */
export type Identity = Record<string, string | number | null>

/** Bytes as they are stored or sent: of a file, of what an URL answers, or of standard input. */
export type Source = {
  /** For messages; an URL is without its credentials and its query, which may be secret. */
  name: string
  /** What may say by its extension which format it is. */
  fileName: string
  contentType: string | null
  /** Null when it is not known. */
  size: number | null
  /** Null: it can be read once, and nothing is remembered of it. */
  resume: { identity: Identity; positionFile: string } | null
  /** The first HEAD_BYTES, fewer where it is shorter or more is not needed. */
  head: Buffer
  /** All bytes from this one on, to be asked for once. @throws {Error} in one line, also while it is read */
  read: (from: number) => AsyncIterable<Buffer>
  /** Whether `read` gets to a byte without reading those before it. */
  isSeekable: boolean
  /** Identity as it is now, null as it was. */
  currentIdentity: () => Promise<Identity | null>
}

/** A beginning that is different in different files, and is read in no time. */
export const HEAD_BYTES = 64 * 1024

export const digestOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Reads until it has enough, and gives what it read and all of it once more.
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
