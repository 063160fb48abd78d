import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createYoga, type Plugin } from 'graphql-yoga'
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { describe, expect, it, vi } from 'vitest'
import { serve } from '../server-fixture.ts'
import { compressAnswers } from './compress-answers.ts'

const large = { query: '{ __schema { types { name description } } }' }
const small = { query: '{ __typename }' }

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}

describe('an answer', () => {
  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('is the same in %s as without, and much smaller', async (coding, decompress) => {
    const { post } = serve()
    const plain = await post(large)
    const packed = await post(large, { 'accept-encoding': coding })
    expect([plain, packed].map(({ headers }) => headers.get('content-encoding'))).toEqual([null, coding])
    const [whole, bytes] = [await bytesOf(plain), await bytesOf(packed)]
    expect(packed.headers.get('content-length')).toBe(String(bytes.length))
    expect(packed.headers.get('content-type')).toBe(plain.headers.get('content-type'))
    expect(decompress(bytes).equals(whole)).toBe(true)
    expect(bytes.length).toBeLessThan(whole.length / 3)
  })

  it('is not compressed when it fits into a packet, unless the client refuses it so', async () => {
    const { post } = serve()
    const headersOf = async (accepts: string) => (await post(small, { 'accept-encoding': accepts })).headers
    expect((await headersOf('br, gzip')).get('content-encoding')).toBeNull()
    expect((await headersOf('gzip, identity;q=0')).get('content-encoding')).toBe('gzip')
  })

  it('that no coding may carry is not made: the request is refused before it is run', async () => {
    const { post } = serve()
    const response = await post(large, { 'accept-encoding': '*;q=0' })
    expect(response.status).toBe(406)
    expect(await response.text()).toContain('accept br, gzip or identity')
  })

  it('of an error keeps its status', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `unknownFieldWithANameOfSomeLength${i}`)
    const accepts = { accept: 'application/graphql-response+json', 'accept-encoding': 'br' }
    const response = await serve().post({ query: `{ ${names.join(' ')} }` }, accepts)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-encoding')).toBe('br')
    expect(brotliDecompressSync(await bytesOf(response)).toString()).toContain(names[59])
  })
})

describe('GraphiQL', () => {
  it('is compressed, and probes are answered whatever they accept', async () => {
    const { server } = serve()
    const get = (path: string, accepts: string) =>
      server.fetch(`http://api${path}`, { headers: { accept: 'text/html', 'accept-encoding': accepts } })
    const page = await get('/graphql', 'gzip')
    expect(page.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(await bytesOf(page)).toString()).toContain('</html>')
    expect((await get('/health', '*;q=0')).status).toBe(200)
  })
})

it('an answer that is given again is compressed once for each coding', async () => {
  const compress = vi.fn(() => Promise.resolve(new Uint8Array(4)))
  const cached = { data: { field: 'x'.repeat(2_000) } }
  let answers = cached
  const givesAgain: Plugin = {
    onExecute: ({ setResultAndStopExecution }) => {
      setResultAndStopExecution(answers)
    },
  }
  const yoga = createYoga({
    schema: new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { field: { type: GraphQLString } } }),
    }),
    plugins: [givesAgain, compressAnswers(compress)],
    logging: false,
  })
  const ask = async (coding: string) => {
    const headers = { 'content-type': 'application/json', 'accept-encoding': coding }
    const body = JSON.stringify({ query: '{ field }' })
    return (await yoga.fetch('http://api/graphql', { method: 'POST', headers, body })).headers
  }
  for (const coding of ['br', 'br', 'gzip', 'gzip'])
    expect((await ask(coding)).get('content-encoding')).toBe(coding)
  expect(compress).toHaveBeenCalledTimes(2)
  answers = { ...cached }
  await ask('br')
  expect(compress).toHaveBeenCalledTimes(3)
})
