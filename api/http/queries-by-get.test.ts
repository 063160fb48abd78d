import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { serve } from '../server-fixture.ts'
import type { Answer } from '../server-fixture.ts'

const question = 'query Name($yes: Boolean!) { __typename @include(if: $yes) }'
const asked = { query: question, variables: '{"yes":true}' }
const hash = createHash('sha256').update('{ __typename }').digest('hex')

/** What a server answers to a GET with these parameters. */
function getting(overrides: Parameters<typeof serve>[0] = {}) {
  const { server, post } = serve(overrides)
  const get = async (parameters: Record<string, string> | string, headers: Record<string, string> = {}) => {
    const search = new URLSearchParams(parameters).toString()
    return await server.fetch(`http://api/graphql?${search}`, { headers })
  }
  const answerTo = async (...request: Parameters<typeof get>) => {
    const response = await get(...request)
    const { data, errors } = (await response.json()) as Answer
    return [
      response.status,
      errors === undefined ? data : errors[0]?.extensions?.['code'],
      errors?.[0]?.message,
    ] as const
  }
  return { server, post, get, answerTo }
}

const data = { __typename: 'Query' }
const answered = [200, data, undefined]
const bad = (message: RegExp) => [400, 'BAD_REQUEST', expect.stringMatching(message) as string]

describe('a question by GET', () => {
  it('is answered as by POST, with variables, the name of its operation and extensions', async () => {
    const { answerTo } = getting()
    expect(await answerTo(asked)).toEqual(answered)
    expect(await answerTo({ ...asked, operationName: 'Name', extensions: '{"a":{"b":1}}' })).toEqual(answered)
    const two = 'query A { __typename } query B { b: __typename }'
    expect(await answerTo({ query: two, operationName: 'B' })).toEqual([200, { b: 'Query' }, undefined])
    expect(await answerTo({ ...asked, utm_source: 'x', _: '1' })).toEqual(answered)
    expect(
      await answerTo({ query: '{ __typename }', variables: '', operationName: '', extensions: '' }),
    ).toEqual(answered)
  })

  it('may name its document, of which nothing is kept by caches either', async () => {
    const { get, answerTo } = getting({
      documents: { byHash: new Map([[hash, '{ __typename }']]), only: true },
    })
    const apollo = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } })
    for (const parameters of [
      { documentId: `sha256:${hash}` },
      { documentId: hash },
      { extensions: apollo },
    ]) {
      expect(await answerTo(parameters)).toEqual(answered)
      expect((await get(parameters)).headers.get('cache-control')).toBe('no-store')
    }
    expect((await answerTo({ documentId: 'sha256:00' }))[1]).toBe('PERSISTED_QUERY_NOT_FOUND')
    expect((await answerTo(asked))[1]).toBe('PERSISTED_DOCUMENT_REQUIRED')
    expect((await get(asked)).headers.get('cache-control')).toBe('no-store')
  })

  it.each([
    ['variables that are no JSON', { ...asked, variables: '{yes: true}' }, /variables must be JSON/],
    ['extensions that are no JSON', { ...asked, extensions: '{' }, /extensions must be JSON/],
    ['variables that are a list', { ...asked, variables: '[1]' }, /"variables"/],
    ['extensions that are a text', { ...asked, extensions: '"x"' }, /"extensions"/],
    ['two queries', 'query={a}&query={b}', /query more than once/],
  ])('that makes no sense is refused with what is wrong: %s', async (_, parameters, message) => {
    expect(await getting().answerTo(parameters)).toEqual(bad(message))
  })

  it('without a query is told what to do', async () => {
    const { answerTo } = getting()
    for (const parameters of [{ variables: '{}' }, { query: '' }])
      expect(
        (await answerTo(parameters, { accept: 'application/graphql-response+json' })).slice(0, 2),
      ).toEqual([400, 'BAD_REQUEST'])
    const response = await getting().server.fetch('http://api/graphql')
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ message: expect.stringContaining('URL parameter query') as string }] },
    ])
  })

  it('has the caps and headers of any other', async () => {
    const { answerTo } = getting()
    const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`
    expect((await answerTo({ query: '{ __typename }', variables: deep }))[1]).toBe('TOO_COMPLEX')
    expect((await answerTo({ query: `{ ${'__typename '.repeat(2_001)} }` }))[1]).toBe('TOO_COMPLEX')
    expect(
      (await answerTo({ query: '{ no }' }, { accept: 'application/graphql-response+json' })).slice(0, 2),
    ).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
    expect((await answerTo(asked, { 'x-rollcall-read-after': 'soon' })).slice(0, 2)).toEqual([
      400,
      'BAD_HEADER',
    ])
    const limited = getting({
      limits: { questionsPerSecond: 1, clientMsPerSecond: 1_000, subscriptions: { all: 1, perClient: 1 } },
    })
    const answers = await Promise.all(Array.from({ length: 6 }, () => limited.answerTo(asked)))
    expect(answers.map(([status]) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 429])
    const zipped = await getting().get(
      { query: '{ __schema { types { name description } } }' },
      { 'accept-encoding': 'br' },
    )
    expect(zipped.headers.get('content-encoding')).toBe('br')
  })
})

describe('a command by GET', () => {
  const command = 'mutation Pause { pauseIngestion(reason: "x") { ... on Error { message } } }'
  it.each([
    ['alone', { query: command }],
    ['among questions', { query: `query Q { __typename } ${command}`, operationName: 'Pause' }],
  ])('is refused and has no effect: %s', async (_, parameters) => {
    let hasEffect = false
    const commands = new Proxy({} as never, {
      get: () => () => {
        hasEffect = true
        return Promise.reject(new Error('not in this test'))
      },
    })
    const { get, post } = getting({ commands })
    const response = await get(parameters)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(hasEffect).toBe(false)
    // The same document by POST is parsed once, and is not let through for that.
    await post(parameters)
    expect(hasEffect).toBe(true)
    expect((await get(parameters)).status).toBe(405)
    expect((await get(parameters, { accept: 'application/json' })).status).toBe(405)
  })
})

describe('a page of another origin', () => {
  it.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 200],
    ['none', 200],
  ])('sends no GET that it may not read: %s', async (site, status) => {
    const { get } = getting()
    expect((await get(asked, { 'sec-fetch-site': site })).status).toBe(status)
    // What a page may read has its origin, which is checked before.
    expect((await get(asked, { 'sec-fetch-site': site, origin: 'https://dashboard.example' })).status).toBe(
      200,
    )
  })

  it('may link to GraphiQL, which runs nothing by itself', async () => {
    const { get } = getting()
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
    const response = await get(asked, {
      accept,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html'])
  })
})

it('other methods are refused with those there are', async () => {
  const { server } = getting()
  for (const method of ['PUT', 'DELETE', 'HEAD', 'PATCH']) {
    const response = await server.fetch('http://api/graphql?query={__typename}', { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST'])
  }
})

describe('the media type of an answer', () => {
  it.each([
    ['application/json;q=0.5, application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.1, application/json;q=0.9', 'application/json'],
    ['application/json;q=0, */*', 'application/graphql-response+json'],
    ['*/*;q=0.8, application/json;q=0.5', 'application/graphql-response+json'],
    ['text/html;q=0.1, application/json', 'application/json'],
    ['application/graphql-response+json, application/json', 'application/graphql-response+json'],
    ['application/json, application/graphql-response+json', 'application/json'],
    ['*/*', 'application/json'],
  ])('is the one that weighs most: %s', async (accept, type) => {
    const { get, post } = getting()
    for (const response of [
      await get(asked, { accept }),
      await post({ query: '{ __typename }' }, { accept }),
    ])
      expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
  })

  it('is GraphiQL’s only where that weighs most', async () => {
    const { get } = getting()
    const typeFor = async (accept: string) => (await get(asked, { accept })).headers.get('content-type')
    expect(await typeFor('application/json;q=0.9, text/html')).toBe('text/html')
    expect(await typeFor('application/json, text/html;q=0.9')).toBe('application/json; charset=utf-8')
  })

  it('is none that a client refuses, and then nothing is run', async () => {
    const { get, post } = getting()
    for (const accept of ['image/png', 'application/json;q=0', 'application/json; charset=latin1', '*/*;q=0'])
      for (const response of [
        await get(asked, { accept }),
        await post({ query: '{ __typename }' }, { accept }),
      ])
        expect([response.status, await response.text()]).toEqual([406, expect.stringContaining('accept')])
  })
})
