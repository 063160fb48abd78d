import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { contentOf } from './content.ts'
import { openSource } from './open-source.ts'
import { readFromBeginning } from './reading.ts'
import { listen } from '../../test/support/tls/listening.ts'

const never = new AbortController().signal
const csv = `user_id,ip\n${'u1,1.2.3.4\n'.repeat(20_000)}`

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'rollcall-source-'))
  onTestFinished(() => {
    rmSync(made, { recursive: true })
  })
  return made
}

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  const port = await listen(server)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${port}`
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}

const contentFrom = async (from: string, start = 0, inFolder = '/') =>
  textOf(contentOf(await openSource(from, inFolder, never), start).chunks)

test.each(['logins.csv', 'logins.csv.gz'])('%s gives its content from any byte on', async (name) => {
  const path = join(folder(), name)
  writeFileSync(
    path,
    name.endsWith('gz') ? Buffer.concat([gzipSync(csv.slice(0, 9)), gzipSync(csv.slice(9))]) : csv,
  )
  expect(await contentFrom(path)).toBe(csv)
  expect(await contentFrom(path, 100_000)).toBe(csv.slice(100_000))
  expect(await contentFrom(name, csv.length, join(path, '..'))).toBe('')
  expect(await contentFrom(pathToFileURL(path).href)).toBe(csv)
})

test('what is no file that can be read is said in one line', async () => {
  const made = folder()
  await expect(openSource('missing.csv', made, never)).rejects.toThrow(`${made}/missing.csv does not exist`)
  await expect(openSource(made, '/', never)).rejects.toThrow(`${made} is a directory; name a file in it`)
  await expect(openSource('ftp://host/a', made, never)).rejects.toThrow(
    '--from takes http and https, not ftp',
  )
  await expect(openSource('http://', made, never)).rejects.toThrow('a URL that is not valid')
})

test.each([
  ['a zip archive', Buffer.from('PK\x03\x04rest')],
  ['compressed with zstd', zstdCompressSync('a')],
  ['a tar archive', gzipSync(Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar')]))],
  ['UTF-16', Buffer.from('\ufeffuser_id', 'utf16le')],
])('%s is refused, with how to make lines of it', async (what, bytes) => {
  const path = join(folder(), 'logins.csv')
  writeFileSync(path, bytes)
  const source = await openSource(path, '/', never)
  await expect(readFromBeginning(source, null, never)).rejects.toThrow(
    `${path} is ${what}: turn it into lines`,
  )
})

test('a packed file that is cut off gives what it holds and then says so', async () => {
  const path = join(folder(), 'logins.csv.gz')
  const packed = gzipSync(Array.from({ length: 200_000 }, (_, i) => `u${i}\n`).join(''))
  writeFileSync(path, packed.subarray(0, packed.length / 2))
  await expect(contentFrom(path)).rejects.toThrow(
    `${path} is damaged or cut off: gzip says unexpected end of file`,
  )
})

test.each([
  ['gzip', gzipSync(csv)],
  ['deflate', deflateSync(csv)],
])(
  'an URL that redirects to what is encoded with %s gives its content, from any byte on',
  async (encoding, body) => {
    const url = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new.csv' }).end()
      else
        response
          .writeHead(200, { 'content-type': 'text/csv; charset=utf-8', 'content-encoding': encoding })
          .end(body)
    })
    const source = await openSource(`${url}/old`, '/', never)
    expect(source).toMatchObject({
      name: `${url}/old`,
      fileName: 'new.csv',
      contentType: 'text/csv',
      size: null,
    })
    expect(await textOf(contentOf(source, 0).chunks)).toBe(csv)
    expect(await contentFrom(`${url}/old`, 100_000)).toBe(csv.slice(100_000))
  },
)

test('an URL is known again by its entity tag, its time and its beginning', async () => {
  let version = 1
  const url = await serve((_, response) => {
    response.writeHead(200, { etag: `"${version}"`, 'content-length': csv.length }).end(csv)
  })
  const identity = async () => (await openSource(`${url}/a.csv`, '/', never)).resume?.identity
  const first = await identity()
  expect(first).toMatchObject({ size: csv.length, 'entity tag': '"1"' })
  expect(await identity()).toEqual(first)
  version = 2
  expect(await identity()).not.toEqual(first)
})

test('an URL that answers with an error, or not at all, is said in one line', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end()
    else response.writeHead(404).end('not here')
  })
  await expect(openSource(`${url}/a.csv`, '/', never)).rejects.toThrow(`${url}/a.csv answers 404 Not Found`)
  await expect(openSource(`${url}/loop`, '/', never)).rejects.toThrow(/can't be fetched: .*redirect/)
  await expect(openSource('http://127.0.0.1:1/a', '/', never)).rejects.toThrow(
    /can't be fetched: .*(ECONNREFUSED|bad port)/,
  )
})

test.each([['with its length said'], ['in chunks']])(
  'an URL that is cut in the middle, %s, says so',
  async (how) => {
    const url = await serve((_, response) => {
      response.writeHead(200, how === 'in chunks' ? {} : { 'content-length': csv.length })
      response.write(csv.slice(0, 150_000), () => setTimeout(() => response.destroy(), 20))
    })
    await expect(contentFrom(`${url}/a.csv`)).rejects.toThrow(/\/a\.csv was cut off after [\d,]+ bytes: /)
  },
)

test('a name and a password of an URL are sent, and are in no message and no file name', async () => {
  const seen: unknown[] = []
  const url = await serve(({ headers }, response) => {
    seen.push(headers.authorization)
    response.end(csv)
  })
  const secret = url.replace('http://', 'http://user:p%40ss@')
  const source = await openSource(`${secret}/a.csv?token=hidden`, '/', never)
  expect(seen).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`])
  expect(JSON.stringify([source.name, source.resume])).not.toMatch(/p%40ss|p@ss|hidden/)
})
