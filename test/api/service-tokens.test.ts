import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeTokenText } from '../../api/identity/service-tokens/token-text.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { subscribe } from '../support/api/live-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { startOpenIdProvider } from '../support/identity/open-id-provider.ts'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const soon = (ms: number) => new Date(Date.now() + ms).toISOString()
const HOUR_MS = 3_600_000

type Body = {
  data?: Record<string, Result | null> | null
  errors?: { message: string; extensions: { code: string } }[]
}
type Result = { [field: string]: unknown; text?: string; token?: { id: string } }

/** Two APIs of one database, which take tokens of a provider, too. */
async function openApis() {
  const people = [['admin'], ['admin', 'viewer', 'operator'], ['operator'], ['viewer']]
  const provider = await startOpenIdProvider(people)
  const deployment = await createDeployment(provider.settings)
  const [one, other] = [deployment.start('api/main.ts'), deployment.start('api/main.ts')]
  const ports = { one: await portOf(one), other: await portOf(other) }
  const ask = async (query: string, token: string, port = ports.one) => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(token) },
      body: JSON.stringify({ query }),
    })
    return { status: response.status, body: (await response.json()) as Body }
  }
  const make = async (
    by: string,
    roles: string,
    more: { expiresAt?: string; commandId?: string; name?: string } = {},
  ) => {
    const { expiresAt = soon(HOUR_MS), commandId = randomUUID(), name = 'nightly report' } = more
    const { body } = await ask(
      `mutation { createServiceToken(name: "${name}", purpose: "a test", roles: ${roles}, expiresAt: "${expiresAt}", commandId: "${commandId}") {
        __typename ... on CreatedServiceToken { text token { id name roles state createdBy lastUsedAt } } ... on Error { message } } }`,
      by,
    )
    const made: Result = body.data?.['createServiceToken'] ?? body.errors?.[0]?.extensions ?? {}
    return made
  }
  const revoke = async (by: string, id: string) => {
    const { body } = await ask(
      `mutation { revokeServiceToken(tokenId: "${id}", reason: "it leaked") {
        __typename ... on ServiceToken { state revokedBy revocationReason } ... on Error { message } } }`,
      by,
    )
    return body.data?.['revokeServiceToken']
  }
  return { provider, deployment, apis: [one, other], ports, ask, make, revoke }
}

const WHO = '{ identity { name subject issuer roles isLocalMode } }'
const AUDIT = '{ controlEvents { totalCount { value } } }'

it('a program asks by its token, with its roles alone, until that is revoked', async () => {
  const { provider, deployment, apis, ports, ask, make, revoke } = await openApis()
  const admin = await provider.token('admin', 'viewer', 'operator')
  const made = await make(admin, '[VIEWER]')
  expect(made).toMatchObject({
    token: { name: 'nightly report', roles: ['VIEWER'], state: 'ACTIVE', lastUsedAt: null },
  })
  const { text = '', token = { id: '' } } = made
  const program = { name: 'nightly report', issuer: 'rollcall', roles: ['VIEWER'], isLocalMode: false }
  for (const port of [ports.one, ports.other])
    expect((await ask(WHO, text, port)).body.data?.['identity']).toMatchObject(program)

  // Its roles hold over every transport.
  expect((await ask(AUDIT, text)).body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  const byGet = await fetch(`http://${HOST}:${ports.one}/graphql?query=${encodeURIComponent(AUDIT)}`, {
    headers: bearer(text),
  })
  expect(((await byGet.json()) as Body).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  expect(await make(text, '[VIEWER]')).toMatchObject({ code: 'FORBIDDEN' })
  const pause = await ask('mutation { pauseIngestion(reason: "x") { ... on Error { message } } }', text)
  expect(pause.body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  const forbidden = await subscribe(
    ports.one,
    'subscription { controlEvents { edges { cursor } } }',
    bearer(text),
  )
  await eventually(() => {
    expect(JSON.stringify(forbidden.events[0]?.answer.errors)).toContain('FORBIDDEN')
  })

  const live = await Promise.all(
    [ports.one, ports.other].map((port) =>
      subscribe(port, 'subscription { batches { edges { cursor } } }', bearer(text)),
    ),
  )
  await eventually(() => {
    expect(live.map(({ events }) => events.length)).toEqual([1, 1])
  })
  await eventually(async () => {
    const { body } = await ask(
      '{ serviceTokens(filter: {states: [ACTIVE]}) { nodes { name lastUsedAt } totalCount { value } } }',
      admin,
    )
    expect(body.data?.['serviceTokens']).toMatchObject({
      nodes: [{ name: 'nightly report', lastUsedAt: expect.stringMatching(/:\d\d:00/) as string }],
      totalCount: { value: 1 },
    })
  })

  const revokedBy = `admin.viewer.operator (${provider.issuer})`
  const revoked = { __typename: 'ServiceToken', state: 'REVOKED', revokedBy, revocationReason: 'it leaked' }
  expect(await revoke(admin, token.id)).toEqual(revoked)
  expect((await ask(WHO, text)).status).toBe(401)
  await Promise.all(live.map(({ ended }) => ended))
  await eventually(async () => {
    expect((await ask(WHO, text, ports.other)).status).toBe(401)
  })
  expect(await revoke(admin, token.id)).toEqual(revoked)
  expect(await revoke(admin, Buffer.from('ServiceToken:999').toString('base64url'))).toMatchObject({
    __typename: 'NotFoundError',
  })
  expect(await revoke(admin, 'x')).toMatchObject({ __typename: 'InvalidCommandError' })

  // Its text is kept nowhere, and what was done with it is.
  const rows =
    await deployment.sql`select service_token::text as row from service_token union all select body from audit_event`
  const kept = JSON.stringify([rows, apis.map((api) => api.log())])
  expect(kept).not.toContain(text)
  expect(kept).not.toContain(text.slice('rollcall_'.length, -6))
  const events = await deployment.sql`
    select kind, body::jsonb ->> 'result' as result, body::jsonb #>> '{actor,subject}' as subject from audit_event order by seq`
  expect(events).toEqual(
    expect.arrayContaining([
      { kind: 'token_made', result: 'done', subject: 'admin.viewer.operator' },
      { kind: 'sign_in', result: 'done', subject: 'service-token-1' },
      { kind: 'token_revoked', result: 'done', subject: 'admin.viewer.operator' },
      { kind: 'request_refused', result: 'refused', subject: 'admin.viewer.operator' },
    ]),
  )
  expect(events.filter(({ kind }) => kind === 'sign_in')).toHaveLength(1)
})

it('tokens are made by those who may, for what they may, and once', async () => {
  const { provider, deployment, ask, make } = await openApis()
  const [admin, all] = [await provider.token('admin'), await provider.token('admin', 'viewer', 'operator')]
  for (const other of ['operator', 'viewer'])
    expect(await make(await provider.token(other), '[VIEWER]')).toMatchObject({ code: 'FORBIDDEN' })
  const listed = await ask('{ serviceTokens { nodes { name } } }', await provider.token('operator'))
  expect(listed.body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')

  const refused = (name: string) => ({ __typename: name, message: expect.any(String) as string })
  expect(await make(admin, '[OPERATOR]')).toEqual(refused('CommandRefusedError'))
  expect(await make(all, '[ANALYST]')).toEqual(refused('CommandRefusedError'))
  expect(await make(all, '[VIEWER, ADMIN]')).toEqual(refused('CommandRefusedError'))
  expect(await make(all, '[]')).toEqual(refused('InvalidCommandError'))
  expect(await make(all, '[VIEWER]', { expiresAt: soon(-1_000) })).toEqual(refused('InvalidCommandError'))
  expect(await make(all, '[VIEWER]', { expiresAt: soon(366 * 24 * HOUR_MS) })).toEqual(
    refused('InvalidCommandError'),
  )
  expect(await make(all, '[VIEWER]', { commandId: 'x' })).toEqual(refused('InvalidCommandError'))
  expect(await make(all, '[VIEWER]', { name: ' ' })).toEqual(refused('InvalidCommandError'))
  expect(await make(all, '[VIEWER]', { name: 'a\\u202eb' })).toEqual(refused('InvalidCommandError'))
  const commandId = randomUUID()
  expect(await make(all, '[OPERATOR, OPERATOR]', { commandId })).toMatchObject({
    token: { roles: ['OPERATOR'] },
  })
  expect(await make(all, '[OPERATOR]', { commandId })).toEqual(refused('CommandRefusedError'))
  expect(await make(admin, '[VIEWER]')).toMatchObject({ token: { roles: ['VIEWER'] } })
  const [count] = await deployment.sql`
    select count(*) filter (where kind = 'token_made')::integer as made, count(*) filter (where kind = 'request_refused')::integer as refused
      from audit_event`
  // With those of the operator and the viewer.
  expect(count).toEqual({ made: 2, refused: 12 })
})

it('a token that has expired, was cut or was never made is refused, and known ones go on while the primary is away', async () => {
  const { provider, deployment, ask, make } = await openApis()
  const admin = await provider.token('admin')
  const short = (await make(admin, '[VIEWER]', { expiresAt: soon(5_000) })).text ?? ''
  const long = (await make(admin, '[VIEWER]')).text ?? ''
  expect((await ask(WHO, short)).status).toBe(200)
  for (const wrong of [long.slice(0, -1), `${long}x`, long.replace('_', '_0'), makeTokenText(), 'rollcall_'])
    expect([wrong.length, (await ask(WHO, wrong)).status]).toEqual([wrong.length, 401])
  await eventually(async () => {
    expect((await ask(WHO, short)).status).toBe(401)
  })
  expect((await ask(WHO, long)).status).toBe(200)
  await deployment.sql`alter table service_token rename to elsewhere`
  for (let second = 0; second < 6; second++) {
    expect((await ask(WHO, long)).status).toBe(200)
    await new Promise((next) => setTimeout(next, 1_000))
  }
  expect((await ask(WHO, makeTokenText())).status).toBe(503)
  await deployment.sql`alter table elsewhere rename to service_token`
  await eventually(async () => {
    expect((await ask(WHO, makeTokenText())).status).toBe(401)
  })
})

it('in local mode no token is made, and the refusal says why', async () => {
  const deployment = await createDeployment()
  const port = await portOf(deployment.start('api/main.ts'))
  const response = await fetch(`http://${HOST}:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `mutation { createServiceToken(name: "x", purpose: "x", roles: [VIEWER], expiresAt: "${soon(HOUR_MS)}") { ... on CommandRefusedError { message } } }`,
    }),
  })
  expect(await response.json()).toMatchObject({
    data: { createServiceToken: { message: expect.stringContaining('local mode') as string } },
  })
})
