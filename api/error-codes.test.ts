import { readFileSync } from 'node:fs'
import { type GraphQLScalarType, GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { errorCodes, isErrorCode } from './context/error-codes.ts'
import * as errors from './context/errors.ts'
import { limits } from './context/limits.ts'
import { schema } from './schema/schema.ts'
import { failing, serve } from './server-fixture.ts'

const QUESTION = '{ measures { total { logins } } }'

/** What a client is told of an error that a resolver meets. */
async function toldOf(error: Error) {
  const { ask, logged } = serve({ router: failing(error) })
  const { data, errors: told } = await ask(QUESTION)
  expect(data).toEqual({ measures: null })
  expect(told).toHaveLength(1)
  return { ...told?.[0], isLogged: logged.mock.calls.length > 0 }
}

const { ExpectedError } = errors
type Expected = InstanceType<typeof ExpectedError>
type ExpectedClass = new (...args: unknown[]) => Expected
const classes = Object.entries(errors).filter(
  ([, made]) => 'prototype' in made && (made.prototype as unknown) instanceof ExpectedError,
) as unknown as [string, ExpectedClass][]

describe('an expected error', () => {
  it.each(classes)('reaches clients with its code of the list and its message: %s', async (_, Class) => {
    const error = Object.assign(new Class('DATABASE_BUSY', 'ask otherwise'), { message: 'ask otherwise' })
    expect(isErrorCode(error.code)).toBe(true)
    expect(await toldOf(error)).toMatchObject({
      ...{ message: 'ask otherwise', path: ['measures'], isLogged: false },
      extensions: { code: error.code },
    })
  })

  it.each([undefined, 'NEW_CODE', 'toString'])(
    'whose code is not in the list is unexpected: %s',
    async (code) => {
      class New extends ExpectedError {
        readonly code = code as never
      }
      expect(await toldOf(new New('secret', {}))).toMatchObject({
        ...{ message: expect.not.stringContaining('secret') as unknown, isLogged: true },
        extensions: { code: 'UNEXPECTED' },
      })
    },
  )
})

it.each([
  new GraphQLError('secret', { extensions: { code: 'FOREIGN' } }),
  new GraphQLError('secret'),
  new TypeError('secret'),
])('what is not expected is told as an id: %s', async (error) => {
  expect(await toldOf(error)).toMatchObject({
    ...{ message: expect.not.stringContaining('secret') as unknown, isLogged: true },
    extensions: { code: 'UNEXPECTED', errorId: expect.any(String) as string },
  })
})

describe('an error of variables says which variable and where', () => {
  const counts = `query ($bucket: Bucket!, $from: Moment, $filter: AttemptFilter) {
    measures(bucket: $bucket, from: $from, filter: $filter) { from } }`
  it.each([
    ['none for a required one', {}, '$bucket'],
    ['null for a required one', { bucket: null }, '$bucket'],
    ['an unknown value of an enum', { bucket: 'FORTNIGHT' }, '$bucket'],
    ['no moment', { bucket: 'DAY', from: 'today' }, '$from'],
    [
      'another type in a list',
      { bucket: 'DAY', filter: { locale: { in: ['NY', 7] } } },
      '$filter.locale.in[1]',
    ],
    ['an unknown field', { bucket: 'DAY', filter: { states: ['NY'] } }, '$filter'],
    [
      'text that looks like a place',
      { bucket: 'DAY', filter: { locale: { in: [['" at "filter.x"; ']] } } },
      '$filter.locale.in[0]',
    ],
  ])('%s', async (_, variables, argument) => {
    const response = await serve().post({ query: counts, variables })
    const answer = (await response.json()) as { data?: unknown; errors: object[] }
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'BAD_VARIABLES', argument } }] })
    expect(answer.data).toBeUndefined()
    expect(JSON.stringify(answer)).not.toContain('"http"')
  })

  it('null where an argument needs a value', async () => {
    const query = 'query ($zone: String = "UTC") { measures(timeZone: $zone) { from } }'
    const answer: unknown = await (await serve().post({ query, variables: { zone: null } })).json()
    expect(answer).toMatchObject({
      data: { measures: null },
      errors: [{ path: ['measures'], extensions: { code: 'BAD_VARIABLES', argument: '$zone' } }],
    })
  })

  it('each of many, up to the limit of graphql-js', async () => {
    const variables = { bucket: 'DAY', filter: { locale: { in: Array.from({ length: 60 }, (_, i) => i) } } }
    const answer = (await (await serve().post({ query: counts, variables })).json()) as {
      errors: { extensions: object }[]
    }
    expect(answer.errors).toHaveLength(51)
    for (const { extensions } of answer.errors) expect(extensions).toMatchObject({ code: 'BAD_VARIABLES' })
  })
})

describe('an error of a request has a code, too', () => {
  const { post, server } = serve()
  it.each([
    ['GRAPHQL_PARSE_FAILED', { query: '{ nothing' }],
    ['GRAPHQL_VALIDATION_FAILED', { query: '{ nothing }' }],
    ['GRAPHQL_VALIDATION_FAILED', { query: '{ measures(from: "today") { from } }' }],
    ['BAD_REQUEST', {}],
    ['BAD_REQUEST', []],
    ['BAD_REQUEST', { query: 7 }],
    ['BAD_REQUEST', { query: QUESTION, variables: 7 }],
    ['BAD_REQUEST', { query: QUESTION, unknown: 7 }],
    ['BAD_REQUEST', { query: QUESTION, operationName: 'none' }],
    ['BAD_REQUEST', { query: `query a ${QUESTION} query b ${QUESTION}` }],
    ['BAD_REQUEST', { query: QUESTION, variables: { long: 'x'.repeat(limits.bodyBytes) } }],
    ['PERSISTED_QUERY_NOT_SUPPORTED', { documentId: 'sha256:0' }],
    ['TOO_COMPLEX', { query: `{ ${'__typename '.repeat(limits.tokens)} }` }],
    ['TOO_COMPLEX', { query: QUESTION, variables: nested(limits.nesting + 1) }],
  ])('%s: %j', async (code, body) => {
    const response = await post(body)
    expect(codesIn(await response.json())).toEqual([code])
  })

  it.each([
    ['text/plain', 'POST', '/graphql', QUESTION],
    ['application/json', 'PUT', '/graphql', '{}'],
    ['application/json', 'POST', '/graphql', 'no JSON'],
    ['application/json', 'POST', '/elsewhere', '{}'],
  ])('BAD_REQUEST: %s by %s to %s: %s', async (type, method, path, body) => {
    const request = { method, headers: { 'content-type': type }, body }
    const response = await server.fetch(`http://api${path}`, request)
    expect(codesIn(await response.json())).toEqual(['BAD_REQUEST'])
  })

  it('BAD_HEADER', async () => {
    for (const name of ['x-rollcall-max-staleness-ms', 'x-rollcall-read-after'])
      expect(codesIn(await (await post({ query: QUESTION }, { [name]: 'soon' })).json())).toEqual([
        'BAD_HEADER',
      ])
  })

  it('RATE_LIMITED', async () => {
    const { ask } = serve({
      limits: { questionsPerSecond: 1, clientMsPerSecond: 1_000, subscriptions: { all: 1, perClient: 1 } },
    })
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask('{ __typename }')))
    expect(answers.flatMap((answer) => codesIn(answer))).toEqual(['RATE_LIMITED'])
  })
})

it('a count that no JSON number can show is an answer that is too large', () => {
  const count = schema.getType('BigInt') as GraphQLScalarType
  expect(() => count.serialize(2n ** 53n)).toThrow(errors.AnswerTooLargeError)
})

it('what the API answers without GraphQL has no code of its own', () => {
  const sources = ['http/graphql-requests.ts', 'http/http-server.ts']
  for (const source of sources)
    expect(readFileSync(new URL(source, import.meta.url), 'utf8')).not.toMatch(/errors: \[/)
})

it('codes are in capitals, as those of Yoga and of GraphQL clients', () => {
  for (const code of Object.keys(errorCodes)) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
})

const codesIn = (answer: unknown): unknown[] =>
  ((answer as { errors?: { extensions?: { code?: unknown } }[] }).errors ?? []).map(
    ({ extensions }) => extensions?.code,
  )

function nested(levels: number): object {
  return levels === 0 ? {} : { deeper: nested(levels - 1) }
}
