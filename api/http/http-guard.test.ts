import { describe, expect, it } from 'vitest'
import { listening, post, question, statusOf } from './listening-fixture.ts'

describe('a name that is not the API’s', () => {
  it.each([
    ['an address', '127.0.0.1:4000'],
    ['an address of IPv6', '[::1]:4000'],
    ['localhost', 'LOCALHOST'],
    ['a name of localhost', 'rollcall.localhost:4000'],
    ['a name that is allowed', 'Rollcall.example:443'],
  ])('is refused, and its own are answered: %s', async (_, host) => {
    const { send } = await listening(['rollcall.example'])
    expect(statusOf(await send(post(question, { host })))).toBe(200)
    for (const evil of [`evil.example`, `127.0.0.1.evil.example`, `rollcall.example.evil`, 'evil@', 'a b']) {
      const answer = await send(post(question, { host: evil }))
      expect([400, 421], evil).toContain(statusOf(answer))
      expect(answer).not.toContain('__typename":"Query')
    }
    expect(await send(post(question, { host: 'evil.example' }))).toContain(
      'add the name to API_ALLOWED_HOSTS',
    )
  })

  it('is answered by the probes, which orchestrators ask by any name', async () => {
    const { send } = await listening()
    for (const path of ['/health', '/ready'])
      expect(statusOf(await send(`GET ${path} HTTP/1.1\r\nhost: api\r\nconnection: close\r\n\r\n`))).toBe(200)
    const page = `GET /graphql HTTP/1.1\r\nhost: evil.example\r\naccept: text/html\r\nconnection: close\r\n\r\n`
    expect(statusOf(await send(page))).toBe(421)
  })
})

describe('a target that is no path', () => {
  it.each(['http://127.0.0.1:4000/graphql', '*', 'graphql', 'evil.example:80'])(
    'is refused without a word of this machine: %s',
    async (target) => {
      const { send } = await listening()
      const answer = await send(post(question).replace('/graphql', target))
      expect(statusOf(answer)).toBe(400)
      expect(answer).not.toMatch(/at .*\.[jt]s|node_modules/)
    },
  )

  it('is none that a name carries', async () => {
    const { send } = await listening()
    const answer = await send(
      post(question, { host: 'evil.example/graphql#' }).replace('/graphql H', '/ready H'),
    )
    expect(statusOf(answer)).toBe(400)
  })
})

describe('a page of another origin', () => {
  it('is refused, and the own one and allowed ones are answered', async () => {
    const { send } = await listening(['dashboards.example'])
    const ask = async (origin: string) => statusOf(await send(post(question, { origin })))
    expect(await ask('http://localhost:4000')).toBe(200)
    expect(await ask('https://dashboards.example')).toBe(200)
    for (const origin of [
      'http://evil.example',
      'http://localhost:3000',
      'null',
      'file://',
      'https://localhost',
    ])
      expect(await ask(origin), origin).toBe(403)
  })
})
