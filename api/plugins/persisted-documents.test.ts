import { createHash } from 'node:crypto'
import { expect, it, describe } from 'vitest'
import { serve, type Answer } from '../server-fixture.ts'

const text = 'query Name { __typename }'
const hash = createHash('sha256').update(text).digest('hex')
const known = new Map([[hash, text]])
const apollo = (sha256Hash: unknown, version: unknown = 1) => ({
  extensions: { persistedQuery: { version, sha256Hash } },
})
const data = { __typename: 'Query' }

/** What a server with these documents answers: its data, or code and message of its error. */
function asking(documents: Map<string, string> | null, only = false) {
  const { post } = serve({ documents: { byHash: documents, only } })
  return async (body: object) => {
    const { data, errors } = (await (await post(body)).json()) as Answer
    return errors === undefined ? data : [errors[0]?.extensions?.['code'], errors[0]?.message]
  }
}
const notFound = ['PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound']
const notSupported = ['PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported']
const required = ['PERSISTED_DOCUMENT_REQUIRED', expect.stringContaining('send the hash of one')]
const malformed = ['BAD_REQUEST', expect.stringContaining('must be')]

it('a document is run by its hash, as Apollo’s clients send it and as GraphQL over HTTP does', async () => {
  const ask = asking(known)
  for (const request of [
    apollo(hash),
    { ...apollo(hash), operationName: 'Name', variables: {} },
    { ...apollo(hash), query: null },
    { documentId: `sha256:${hash}` },
    { documentId: hash },
    { query: text },
    { ...apollo(hash), query: text },
  ])
    expect(await ask(request)).toEqual(data)
})

it('a hash beside a document is refused, because they may differ', async () => {
  const both = { documentId: `sha256:${hash}`, query: text }
  const refused = ['BAD_REQUEST', 'query and documentId do not go together: send one of them']
  for (const documents of [known, null]) expect(await asking(documents)(both)).toEqual(refused)
})

describe('a hash alone', () => {
  const probes = [apollo('0'.repeat(64)), { documentId: 'sha256:00' }, apollo('__proto__'), apollo('')]

  it('that is not known makes the client send the text', async () => {
    for (const probe of probes) {
      expect(await asking(known)(probe)).toEqual(notFound)
      expect(await asking(known, true)(probe)).toEqual(notFound)
      expect(await asking(known)({ ...probe, documentId: undefined, query: text })).toEqual(data)
    }
  })

  it('tells the client to send none from then on, when there are no documents', async () => {
    for (const probe of [...probes, apollo(hash, 2), { extensions: { persistedQuery: 'x' } }])
      expect(await asking(null)(probe)).toEqual(notSupported)
    expect(await asking(null)({ ...apollo(hash), query: text })).toEqual(data)
  })

  it('is answered with 200 to clients of application/json, as Apollo’s expect, and 4xx to others', async () => {
    const statusOf = async (byHash: Map<string, string> | null, accept: string) =>
      (await serve({ documents: { byHash, only: false } }).post(apollo('00'), { accept })).status
    expect(await statusOf(known, 'application/json')).toBe(200)
    expect(await statusOf(null, 'application/json')).toBe(200)
    expect(await statusOf(known, 'application/graphql-response+json')).toBe(404)
    expect(await statusOf(null, 'application/graphql-response+json')).toBe(400)
  })
})

it.each([
  apollo(5),
  apollo(hash, 2),
  apollo(hash, '1'),
  { extensions: { persistedQuery: 'x' } },
  { extensions: { persistedQuery: [] } },
  { documentId: 5 },
  { documentId: { a: 1 } },
])('what names no document properly is refused: %j', async (request) => {
  expect(await asking(known)(request)).toEqual(malformed)
})

it('nothing but the documents is run when only they may be', async () => {
  const ask = asking(known, true)
  expect(await ask(apollo(hash))).toEqual(data)
  for (const request of [
    { query: '{ ingestion { state } }' },
    { query: text },
    { ...apollo(hash), query: '{ ingestion { state } }' },
    {},
    { extensions: {} },
    { query: '' },
  ])
    expect(await ask(request)).toEqual(required)
})

it('a document that is no GraphQL is refused when it is run', async () => {
  const ask = asking(new Map([['a', 'no {']]))
  expect(await ask({ documentId: 'a' })).toEqual(['GRAPHQL_PARSE_FAILED', expect.stringContaining('Syntax')])
})
