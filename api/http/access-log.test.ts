import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { LogFields } from '../../config/log-fields.ts'
import { logFieldsHere } from '../../config/logger.ts'
import { createPseudonym } from '../context/masks.ts'
import { noteCode, noteCost, noteSender, noteSubscription } from '../context/request-notes.ts'
import { createAccessLog } from './access-log.ts'
import { listening, post, question } from './listening-fixture.ts'

type Which = Parameters<typeof createAccessLog>[1]

/** An access log of which `send` answers a request with this status after doing `work`. */
function accessLog(which: Which = 'all') {
  const lines: LogFields[] = []
  const ids: unknown[] = []
  const log = (fields: LogFields) => lines.push(fields)
  const clock = { nowMs: 0 }
  const access = createAccessLog(
    { error: log, warn: log, info: log },
    which,
    createPseudonym('a key of tests'),
    () => clock.nowMs,
  )
  const send = (url: string, status: number | null, work: () => void = () => undefined, id?: string) => {
    const response = Object.assign(new EventEmitter(), {
      setHeader: (_: string, value: unknown) => ids.push(value),
      statusCode: status ?? 200,
      headersSent: status !== null,
      writableFinished: status !== null,
    })
    const headers = id === undefined ? {} : { 'x-request-id': id }
    access({ headers, method: 'POST', url }, response as never, work)
    clock.nowMs += 5
    response.emit('close')
  }
  return { lines, ids, send, clock }
}

test('a request has one line: what was asked for by the names of the schema, what it cost, and who asked by a pseudonym', () => {
  const { lines, send } = accessLog()
  send('/graphql?query=mark-user', 200, () => {
    noteSender({ issuer: 'https://login.example', subject: 'ann', roles: ['viewer'] })
    noteCost(3)
  })
  expect(lines).toEqual([
    {
      ...{ action: 'request', method: 'POST', path: '/graphql', status: 200, duration: 5e6, cost: 3 },
      ...{ operation: null, roles: ['viewer'] },
      actor: expect.stringMatching(/^actor-[0-9a-f]{16}$/) as string,
      requestId: expect.stringMatching(/^[\w-]{36}$/) as string,
    },
  ])
})

test.each([
  ['0a1b2c3d4e5f60718293a4b5c6d7e8f9', true],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV', true],
  ['mark-user', false],
  ['203.0.113.77-203.0.113.77', false],
  ['2001:db8:0:0:0:0:0:77', false],
  ['ann@example.com-ann@example.com', false],
  ['a'.repeat(65), false],
  ['line\nbreak-line-break', false],
  ['', false],
])(
  'the id %j of a client is taken: %s; the answer and all lines of the request have it',
  (given, isTaken) => {
    const { lines, ids, send } = accessLog()
    let within: unknown
    send(
      '/graphql',
      200,
      () => {
        within = logFieldsHere().requestId
      },
      given,
    )
    expect(ids[0] === given).toBe(isTaken)
    expect([lines[0]?.requestId, within]).toEqual([ids[0], ids[0]])
  },
)

test('who left before the answer is status 499, and a path that is none of the API is not told', () => {
  const { lines, send } = accessLog()
  send('/graphql', null)
  send('/users/mark-user', 404)
  expect(lines.map(({ status, path }) => [status, path])).toEqual([
    [499, '/graphql'],
    [404, undefined],
  ])
})

test('a subscription has a line when it begins and one when it ends', () => {
  const { lines, send } = accessLog()
  send('/graphql', 200, noteSubscription)
  expect(lines.map(({ action, duration }) => [action, duration])).toEqual([
    ['subscription-begun', 0],
    ['subscription-ended', 5e6],
  ])
})

test('a probe has a line only when it fails, and then by the rules of repeated faults', () => {
  const { lines, send, clock } = accessLog()
  send('/health', 200)
  for (; clock.nowMs < 61_000; clock.nowMs += 1_000) send('/ready', 503)
  clock.nowMs += 20_000
  send('/ready', 200)
  expect(lines.map(({ status, times }) => [status, times])).toEqual([
    [503, undefined],
    [503, 61],
  ])
})

test('a flood of requests has 500 lines a second, and the next line says how many had none', () => {
  const { lines, send, clock } = accessLog()
  for (let request = 0; request < 700; request++) {
    clock.nowMs = 100
    send('/graphql', 429)
  }
  clock.nowMs = 1_500
  send('/graphql', 200)
  expect(lines).toHaveLength(501)
  expect(lines.at(-1)?.omitted).toBe(200)
})

test.each([
  ['all', 3],
  ['refused', 2],
  ['off', 0],
] as const)('of an answer, a refusal and an error of GraphQL API_ACCESS_LOG=%s logs %i', (which, count) => {
  const { lines, ids, send } = accessLog(which)
  send('/graphql', 200)
  send('/graphql', 401)
  send('/graphql', 200, () => {
    noteCode('NOT_FOUND')
  })
  expect(lines).toHaveLength(count)
  expect(new Set(ids).size).toBe(3)
})

test('over HTTP a line has the root fields, the codes and the cost; the text, its aliases and variables are in none', async () => {
  const { send, logged, accessed } = await listening()
  const answer = await send(
    post(
      JSON.stringify({
        query: 'query markUser($device: String) { markAlias: __typename node(id: $device) { id } }',
        variables: { device: 'mark-device' },
        operationName: 'markUser',
      }),
      { 'user-agent': 'mark-agent', 'x-forwarded-for': '203.0.113.77' },
    ),
  )
  await send(post(question))
  const id = /x-request-id: (\S+)/i.exec(answer)?.[1]
  const lines = accessed.mock.calls as [LogFields, string][]
  expect(lines.map(([{ codes, fields }]) => [codes, fields])).toEqual([
    [['GRAPHQL_VALIDATION_FAILED'], undefined],
    [undefined, ['__typename']],
  ])
  expect(lines[0]?.[0].requestId).toBe(id)
  expect(lines[1]).toMatchObject([
    { operation: 'query', cost: expect.any(Number) as number, status: 200 },
    'POST /graphql 200',
  ])
  expect(JSON.stringify([accessed, logged].map(({ mock }) => mock.calls))).not.toMatch(/mark|203\.0/)
})
