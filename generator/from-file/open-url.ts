import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StoppedError, unlessAborted } from '../../concurrency/unless-aborted.ts'
import { digestOf, HEAD_BYTES, peek, type Source } from './source.ts'

const positionFolder = fileURLToPath(new URL('../../.rollcall/positions', import.meta.url))

/** Requests the URL, following redirects, and reads its first bytes. @throws {Error} in one line */
export async function openUrl(url: URL, stop: AbortSignal): Promise<Source> {
  const name = url.origin + url.pathname
  const response = await ask(url, name, stop)
  if (!response.ok) throw new Error(`${name} answers ${response.status} ${response.statusText}`.trim())
  const { head, all } = await peek(bodyOf(response, name), (bytes) => bytes.length >= HEAD_BYTES, stop)
  const { headers } = response
  // With a content encoding, this is the length before decoding, and fetch returns the decoded body.
  const length = headers.has('content-encoding') ? null : headers.get('content-length')
  const identity = {
    size: length === null ? null : Number(length),
    'time of change': headers.get('last-modified'),
    'entity tag': headers.get('etag'),
    beginning: digestOf(head.subarray(0, HEAD_BYTES)),
  }
  return {
    name,
    fileName: basename(new URL(response.url).pathname),
    contentType: headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? null,
    size: identity.size,
    head,
    resume: { identity, positionFile: positionFileOf(url) },
    isSeekable: false,
    read: () => all,
    currentIdentity: () => Promise.resolve(identity),
  }
}

/** The file's name is readable, and differs between any two URLs. */
function positionFileOf(url: URL): string {
  const readable = `${url.host}-${basename(url.pathname)}`.replaceAll(/[^\w.-]+/g, '-').slice(0, 100)
  return join(positionFolder, `${readable}-${digestOf(url.href).slice(0, 16)}.position`)
}

async function ask(url: URL, name: string, stop: AbortSignal): Promise<Response> {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  try {
    const headers = url.username === '' ? {} : basicAuthorization(url)
    return await unlessAborted(fetch(bare, { headers }), stop)
  } catch (error) {
    if (error instanceof StoppedError) throw error
    throw new Error(`${name} can't be fetched: ${reasonOf(error)}`, { cause: error })
  }
}

/** Sends the credentials as a header: fetch refuses a URL that holds them. */
function basicAuthorization({ username, password }: URL): Record<string, string> {
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
}

async function* bodyOf({ body }: Response, name: string): AsyncGenerator<Buffer> {
  if (body === null) return
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    }
  } catch (error) {
    throw new Error(`${name} was cut off after ${bytes.toLocaleString('en')} bytes: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

/** An error of fetch has the reason in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
