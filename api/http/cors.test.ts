import { describe, expect, it } from 'vitest'
import { listening, post, question, statusOf } from './listening-fixture.ts'

describe('a page of an allowed origin', () => {
  const page = 'https://dashboard.example:8443'
  const ask = async (origin: string, text = post(question, { origin })) => {
    const { send } = await listening([], [page, 'http://second.example'])
    return (await send(text)).toLowerCase()
  }
  const preflight = (headers: Record<string, string>) =>
    post('', { 'access-control-request-method': 'POST', ...headers }).replace('POST /', 'OPTIONS /')

  it('may read answers, errors before GraphQL too, and when to ask again', async () => {
    const tooLarge = post(question, { origin: page }).replace(
      /content-length: \d+/,
      'content-length: 9999999',
    )
    for (const [answer, status] of [
      [await ask(page), 200],
      [await ask('http://second.example', post(question, { origin: 'http://second.example' })), 200],
      [await ask(page, tooLarge), 413],
      [await ask(page, post('{', { origin: page })), 400],
    ] as const) {
      expect(statusOf(answer)).toBe(status)
      expect(answer).toMatch(
        /access-control-allow-origin: https?:\/\/(dashboard.example:8443|second.example)\r/,
      )
      expect(answer).toContain('access-control-expose-headers: retry-after, www-authenticate, x-request-id\r')
      expect(answer).not.toContain('credentials')
    }
  })

  it('may send what it asks to send: by GET, or JSON by POST, with the headers of a question', async () => {
    const headers = { origin: page, 'access-control-request-headers': 'content-type,x-rollcall-actor' }
    const answer = await ask(page, preflight(headers))
    expect(statusOf(answer)).toBe(204)
    expect(answer).toContain(`access-control-allow-origin: ${page}\r`)
    expect(answer).toContain('access-control-allow-methods: get, post\r')
    expect(answer).toMatch(
      /access-control-allow-headers: authorization, content-type, .*x-rollcall-read-after, x-rollcall-read-timeout-ms\r/,
    )
    expect(answer).toContain('access-control-max-age: 600\r')
    expect(answer).not.toContain('credentials')
  })

  it.each([
    'https://dashboard.example',
    'http://dashboard.example:8443',
    'https://dashboard.example:84430',
    'https://x.dashboard.example:8443',
    'https://dashboard.example:8443/',
    'null',
    '*',
  ])('is not one of another origin: %s', async (origin) => {
    const answers = [await ask(origin), await ask(origin, preflight({ origin }))]
    for (const answer of answers) {
      expect(statusOf(answer)).toBe(403)
      expect(answer).not.toContain('access-control-')
    }
  })

  it('is none by default: the API’s own pages and programs get no such header', async () => {
    const { send } = await listening()
    const own = { origin: 'http://localhost:4000' }
    for (const text of [post(question), post(question, own)]) {
      const answer = await send(text)
      expect(statusOf(answer)).toBe(200)
      expect(answer).not.toContain('access-control-')
      expect(answer).toContain('vary: accept, accept-encoding, authorization, cookie, origin\r')
    }
    expect(statusOf(await send(preflight(own)))).toBe(405)
  })
})
