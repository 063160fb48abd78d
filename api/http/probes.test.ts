import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { as, byRoles } from '../identity/roles-fixture.ts'
import { ok, sentBy, serve } from '../server-fixture.ts'

describe('HTTP', () => {
  it('takes no other body than JSON', async () => {
    const { post } = serve()
    expect((await post({ query: '{ __typename }' })).status).toBe(200)
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'application/graphql',
      'multipart/form-data',
    ]) {
      const response = await post({ query: '{ __typename }' }, { 'content-type': type })
      expect(response.status).toBe(415)
    }
  })

  it('knows its paths in one spelling: no other is answered without these checks', async () => {
    const { server } = serve()
    const query = encodeURIComponent('{ __typename }')
    for (const path of ['/graphql/', '//graphql', '/graphql//', '/x/../graphql/', '/other', '/graphql%2f']) {
      const form = { method: 'POST', body: `query=${query}` }
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      expect((await server.fetch(`http://api${path}`, { ...form, headers: type })).status, path).toBe(404)
      expect((await server.fetch(`http://api${path}?query=${query}`)).status, path).toBe(404)
    }
  })

  it('runs no batches of queries', async () => {
    const response = await serve().post([{ query: '{ __typename }' }, { query: '{ __typename }' }])
    expect(response.status).toBe(400)
  })

  it('opens GraphiQL with the example query in a browser, without another host', async () => {
    const { server } = serve()
    const response = await server.fetch('http://api/graphql', { headers: { accept: 'text/html' } })
    const page = await response.text()
    expect(response.status).toBe(200)
    expect(page).toContain('measures(groupBy: [DEVICE_TYPE])')
    expect(page).not.toMatch(/<script[^>]+src="?https?:/)
  })

  it('lets no page of another origin read its answers', async () => {
    const response = await serve().post({ query: '{ __typename }' }, { origin: 'http://evil.example' })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('probes', () => {
  it('/health answers while every part is away', async () => {
    expect((await serve().server.fetch('http://api/health')).status).toBe(200)
  })

  it('/ready is 503 and names the part that is away', async () => {
    const away = () => Promise.reject(new Error('connection refused'))
    const { server } = serve({ readiness: { postgres: ok, temporal: away, kafka: ok } })
    const response = await server.fetch('http://api/ready')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({
      ready: false,
      parts: {
        postgres: { ok: true },
        temporal: { ok: false, message: 'connection refused' },
        kafka: { ok: true },
        identity: { ok: true, message: expect.stringContaining('local mode') as string },
      },
      problems: expect.any(Array) as unknown,
    })
  })

  it('/ready is 200 when every part answers, and lists what is wrong with ingestion', async () => {
    const reason = 'offsets 5 to 9 are gone from Kafka (retention)'
    const halted = { partition: 3, state: 'halted', reason, nextOffset: '5', lag: 9, since: '' } as const
    const response = await serve({
      workflowStatus: () => Promise.resolve({ known: true, partitions: [halted] }),
    }).server.fetch('http://api/ready')
    expect(response.status).toBe(200)
    const { problems } = (await response.json()) as { problems: { kind: string; message: string }[] }
    const found = problems.find(({ kind }) => kind === 'halted')
    expect(found).toMatchObject({ partitions: [3], batches: null })
    expect(found?.message).toContain(reason)
  })

  it('/ready answers within its deadline when nobody can tell what is wrong with ingestion', async () => {
    vi.useFakeTimers()
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const never = () => new Promise<never>(() => undefined)
    const answer = Promise.resolve(serve({ workflowStatus: never }).server.fetch('http://api/ready'))
    await vi.advanceTimersByTimeAsync(2_000)
    const response = await answer
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ready: true, problems: null })
  })
})

describe('/ready with identity', () => {
  const away = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432'))
  const readiness = { postgres: away, temporal: ok, kafka: ok }
  const bodyFor = async (headers: Record<string, string>, host = 'api') => {
    const { server } = serve({ identity: byRoles, readiness })
    const response = await server.fetch(`http://${host}/ready`, { headers }, sentBy(headers))
    return [response.status, (await response.json()) as { parts: object; problems: unknown }] as const
  }

  it('says to strangers, and to who may not see failures, which part is away and nothing else', async () => {
    for (const headers of [{}, as('viewer'), { authorization: 'Bearer nonsense' }])
      expect(await bodyFor(headers)).toEqual([
        503,
        {
          ready: false,
          parts: {
            postgres: { ok: false },
            temporal: { ok: true },
            kafka: { ok: true },
            identity: { ok: true },
          },
          problems: null,
        },
      ])
  })

  it('says why to who may see failures', async () => {
    const [, { parts, problems }] = await bodyFor(as('operator'))
    expect(parts).toMatchObject({ postgres: { message: 'connect ECONNREFUSED 10.1.2.3:5432' } })
    expect(problems).toBeInstanceOf(Array)
  })

  it('says no more in local mode to a page that came by a name of its own', async () => {
    const { server } = serve({ readiness })
    const bodyOf = async (host: string) => await (await server.fetch(`http://${host}/ready`)).text()
    expect(await bodyOf('evil.example')).not.toContain('10.1.2.3')
    expect(await bodyOf('127.0.0.1')).toContain('10.1.2.3')
  })
})
