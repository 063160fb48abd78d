import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { LF } from './split-lines.ts'
import { HEAD_BYTES, peek, type Source } from './source.ts'

/** Opens standard input or a pipe. It can be read only once, so no position is kept. */
export async function openStream(name: string, stream: Readable, stop: AbortSignal): Promise<Source> {
  // The first line is enough: a slow sender may take long to write more.
  const isEnough = (bytes: Buffer) => bytes.includes(LF) || bytes.length >= HEAD_BYTES
  const { head, all } = await peek(stream, isEnough, stop)
  return {
    name,
    fileName: basename(name),
    contentType: null,
    size: null,
    head,
    resume: null,
    isSeekable: false,
    read: () => all,
    currentIdentity: () => Promise.resolve(null),
  }
}
