import type { Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { openStream } from './open-stream.ts'
import { digestOf, HEAD_BYTES, type Identity, type Source } from './source.ts'

/** Larger than Node's 64 KiB, so that each chunk holds the lines of several sends. */
const CHUNK_BYTES = 1024 * 1024

const explanations: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
}

/** Opens a file or a pipe. @throws {Error} in one line */
export async function openFile(path: string, stop: AbortSignal): Promise<Source> {
  const file = await explaining(path, () => stat(path))
  if (file.isDirectory()) throw new Error(`${path} is a directory; name a file in it`)
  const handle = await explaining(path, () => open(path))
  // A pipe, such as <(command), can be read only once.
  if (!file.isFile()) return openStream(path, handle.createReadStream(), stop)
  return regularFile(path, handle)
}

async function regularFile(path: string, handle: FileHandle): Promise<Source> {
  const stats = await handle.stat()
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  const head = buffer.subarray(0, bytesRead)
  return {
    name: path,
    fileName: basename(path),
    contentType: null,
    size: stats.size,
    head,
    resume: { identity: identityOf(stats, head), positionFile: `${path}.position` },
    isSeekable: true,
    read: (from) => handle.createReadStream({ start: from, highWaterMark: CHUNK_BYTES }),
    currentIdentity: async () => identityOf(await explaining(path, () => stat(path)), head),
  }
}

const identityOf = ({ size, mtimeMs, ino }: Stats, head: Buffer): Identity => ({
  size,
  'time of change': new Date(mtimeMs).toISOString(),
  inode: ino,
  beginning: digestOf(head),
})

async function explaining<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Error(`${path} ${explanations[code ?? ''] ?? `can't be read: ${message}`}`, { cause: error })
  }
}
