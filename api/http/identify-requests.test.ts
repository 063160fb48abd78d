import { describe, expect, it, vi } from 'vitest'
import type { ApiDeps } from '../context/deps.ts'
import { setUp } from '../identity/provider-fixture.ts'
import { noCommands, serve } from '../server-fixture.ts'

async function serveWithIdentity() {
  const { oidc, token, provider } = await setUp()
  const controlIngestion = vi.fn<ApiDeps['commands']['controlIngestion']>()
  controlIngestion.mockRejectedValue(new Error('Temporal is away'))
  const api = serve({ identity: oidc, commands: { ...noCommands, controlIngestion } })
  return { ...api, token, provider, actor: () => controlIngestion.mock.calls[0]?.[0].actor }
}

const QUESTION = { query: '{ __typename }' }
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a request without a valid token', () => {
  it.each([
    ['by POST', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{ nothing' }],
    ['by GET', { method: 'GET', headers: { accept: 'application/json' } }],
    ['for events', { method: 'GET', headers: { accept: 'text/event-stream' } }],
    ['of an unusable kind', { method: 'PUT', body: 'x' }],
    ['with a type written otherwise', { method: 'GET', headers: { accept: 'text/html;q=0.1, */*' } }],
  ])('is refused with 401 and how to sign in, before its body is read: %s', async (_, init) => {
    const { server } = await serveWithIdentity()
    const response = await server.fetch('http://api/graphql?query={__typename}', init as RequestInit)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="rollcall", error="invalid_token"/,
    )
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  })

  it('reaches probes, and the page in which somebody may enter one', async () => {
    const { server } = await serveWithIdentity()
    for (const path of ['/health', '/ready'])
      expect((await server.fetch(`http://api${path}`)).status).not.toBe(401)
    const page = await server.fetch('http://api/graphql?query={__typename}', {
      headers: { accept: 'text/html' },
    })
    expect(await page.text()).toContain('<!doctype html>')
  })
})

it('a token without a role is refused with 403', async () => {
  const { post, token } = await serveWithIdentity()
  const response = await post(QUESTION, bearer(await token({ groups: [] })))
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([
    403,
    expect.stringContaining('insufficient_scope'),
  ])
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
})

it('while the provider is away, who asks is told to come back', async () => {
  const { post, token, provider } = await serveWithIdentity()
  provider.isAway = true
  const response = await post(QUESTION, bearer(await token()))
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'IDENTITY_UNAVAILABLE', retryAfterMs: 5_000 } }],
  })
})

const PAUSE = {
  query: 'mutation { pauseIngestion(reason: "test") { ... on IngestionCommandSuccess { commandId } } }',
}

it('a command has the author that its token proves', async () => {
  const { post, token, actor, provider } = await serveWithIdentity()
  await post(PAUSE, bearer(await token({ groups: ['oncall'] })))
  expect(actor()).toEqual({ issuer: provider.issuer, subject: 'u-1', name: 'ann' })
})

it('a name that the sender chose is refused beside a token', async () => {
  const { post, token, actor } = await serveWithIdentity()
  const response = await post(PAUSE, {
    ...bearer(await token({ groups: ['oncall'] })),
    'x-rollcall-actor': 'root',
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    errors: [
      { message: expect.stringContaining('local mode') as string, extensions: { code: 'BAD_HEADER' } },
    ],
  })
  expect(actor()).toBeUndefined()
})

it('in local mode a name is one that nobody vouched for, and the probe says so', async () => {
  const controlIngestion = vi.fn<ApiDeps['commands']['controlIngestion']>()
  const { post, server } = serve({ commands: { ...noCommands, controlIngestion } })
  await post(PAUSE, { 'x-rollcall-actor': 'ann' })
  expect(controlIngestion.mock.calls[0]?.[0].actor).toEqual({ issuer: null, subject: 'ann', name: 'ann' })
  expect(await (await server.fetch('http://api/ready')).json()).toMatchObject({
    parts: { identity: { ok: true, message: expect.stringContaining('local mode') as string } },
  })
})
