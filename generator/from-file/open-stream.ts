import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { LF } from './split-lines.ts'
import { HEAD_BYTES, peek, type Source } from './source.ts'

/** Standard input or a pipe: read once, so that nothing is remembered of it. */
export async function openStream(name: string, stream: Readable, stop: AbortSignal): Promise<Source> {
  // Its first line is enough, or a sender that is slow would be waited for.
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
