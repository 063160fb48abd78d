import { describe, expect, it } from 'vitest'
import { serve } from '../server-fixture.ts'
import { listening, post, question, statusOf } from './listening-fixture.ts'

const get = (path: string, headers = '') =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}connection: close\r\n\r\n`

describe('every answer', () => {
  it.each([
    ['an answer', post(question), 200],
    ['an answer by GET', get('/graphql?query=%7B__typename%7D'), 200],
    ['a probe', get('/health'), 200],
    ['a redirection', get('/'), 302],
    ['no such path', get('/other'), 404],
    ['a foreign name', post(question, { host: 'evil.example' }), 421],
    ['a foreign page', post(question, { origin: 'http://evil.example' }), 403],
    ['no GraphQL', post('{'), 400],
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['headers that are too long', get('/', `x: ${'x'.repeat(20_000)}\r\n`), 431],
    ['the page', get('/graphql', 'accept: text/html\r\naccept-encoding: br\r\n'), 200],
  ])('tells browsers what not to do with it, and caches not to keep it: %s', async (_, request, status) => {
    const { send } = await listening()
    const answer = (await send(request)).split('\r\n\r\n')[0] ?? ''
    expect(statusOf(answer)).toBe(status)
    for (const header of [
      /^content-security-policy: default-src 'none';.*frame-ancestors 'none'/im,
      /^x-content-type-options: nosniff\r?$/im,
      /^x-frame-options: DENY\r?$/im,
      /^referrer-policy: no-referrer\r?$/im,
      /^cross-origin-opener-policy: same-origin\r?$/im,
      /^cross-origin-resource-policy: same-origin\r?$/im,
      /^permissions-policy: camera=\(\)/im,
      /^cache-control: no-store\r?$/im,
    ])
      expect(answer).toMatch(header)
    expect(answer).not.toMatch(/^(server|x-powered-by|strict-transport-security):/im)
  })

  it('says that it differs by who asks', async () => {
    const { send } = await listening()
    expect(await send(post(question))).toMatch(/^vary: .*authorization, cookie/im)
  })
})

it('two Host headers are refused, of which a proxy may have checked the other', async () => {
  const { send } = await listening()
  expect(statusOf(await send(post(question).replace('\r\n', '\r\nHost: localhost\r\n')))).toBe(400)
})

describe('the page to try questions', () => {
  const open = async (graphiql: boolean) =>
    await serve({ explorer: { introspection: true, graphiql } }).server.fetch('http://api/graphql', {
      headers: { accept: 'text/html' },
    })

  it('runs the script that it came with and no other, and says nothing to other hosts', async () => {
    const policy = (await open(true)).headers.get('content-security-policy')
    expect(policy).toMatch(/script-src 'sha256-[A-Za-z0-9+/]{43}='(;|$)/)
    expect(policy).toContain("connect-src 'self'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/)
  })

  it('is not there where it is not wanted, and questions are', async () => {
    const response = await open(false)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('API_GRAPHIQL=true')
    const { ask } = serve({ explorer: { introspection: true, graphiql: false } })
    expect((await ask('{ __typename }')).errors).toBeUndefined()
  })
})
