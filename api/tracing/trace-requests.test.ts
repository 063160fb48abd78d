import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { activeSpan } from '../../tracing/active-span.ts'
import type { RootOptions, Span, Tracing } from '../../tracing/span.ts'
import { traceHandler } from './trace-requests.ts'

const PROXY = '192.0.2.7'
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** What a trace of a request begins with; null: none was begun. */
function begunBy(sent: { url?: string; method?: string; from?: string; headers?: Record<string, string> }) {
  let begun: (RootOptions & { name: string }) | null = null
  const tracing: Tracing = {
    begin: (name, options = {}) => {
      begun = { name, ...options }
      return null
    },
    close: () => Promise.resolve(),
  }
  const { url = '/graphql', method = 'POST', from = PROXY, headers = {} } = sent
  const request = Object.assign(new IncomingMessage(new Socket()), { url, method, headers })
  Object.defineProperty(request.socket, 'remoteAddress', { value: from })
  traceHandler(tracing, [PROXY], () => undefined)(request, new ServerResponse(request))
  return begun as (RootOptions & { name: string }) | null
}

test('a trusted proxy may give the trace that a request belongs to, and nobody else', () => {
  expect(begunBy({ headers: { traceparent } })?.parent).toBe(traceparent)
  expect(begunBy({ headers: { traceparent }, from: `::ffff:${PROXY}` })?.parent).toBe(traceparent)
  expect(begunBy({ headers: { traceparent }, from: '192.0.2.8' })?.parent).toBeUndefined()
  // Who connects counts, and not who is said to have asked.
  const forwarded = { traceparent, 'x-forwarded-for': PROXY }
  expect(begunBy({ headers: forwarded, from: '192.0.2.8' })?.parent).toBeUndefined()
})

test('a request id is in the span unless it may be a text of somebody, and nothing else that was sent is', () => {
  const attributesOf = (id: string) => begunBy({ headers: { 'x-request-id': id } })?.attributes
  const id = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'
  expect(attributesOf(id)).toEqual({
    'http.request.method': 'POST',
    'http.route': '/graphql',
    'rollcall.request.id': id,
  })
  for (const text of ['alice@example.com', 'alice smith', '', 'x'.repeat(65)])
    expect(attributesOf(text)).not.toHaveProperty('rollcall.request.id')
  const asked = begunBy({
    url: '/graphql?query={user(id:"alice")}',
    method: 'alice',
    headers: { cookie: 'alice' },
  })
  expect(asked?.name).toBe('_OTHER /graphql')
  expect(JSON.stringify(asked)).not.toContain('alice')
})

test('probes and pages are not traced', () => {
  for (const url of ['/health', '/ready', '/', '/graphql/', '/sign-in']) expect(begunBy({ url })).toBeNull()
})

test('a request that is cut off ends its span', () => {
  let hasEnded = false
  const span = { end: () => (hasEnded = true) } as unknown as Span
  const request = Object.assign(new IncomingMessage(new Socket()), { url: '/graphql', method: 'GET' })
  const response = new ServerResponse(request)
  const tracing: Tracing = { begin: () => span, close: () => Promise.resolve() }
  let seen: Span | null = null
  traceHandler(tracing, [], () => (seen = activeSpan()))(request, response)
  expect(seen).toBe(span)
  response.emit('close')
  expect(hasEnded).toBe(true)
})
