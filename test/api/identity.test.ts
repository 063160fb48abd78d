import { expect, it } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { subscribe } from '../support/api/live-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { startOpenIdProvider } from '../support/identity/open-id-provider.ts'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** An API that takes tokens of a provider. */
async function openApi(lifetimeS?: number) {
  const provider = await startOpenIdProvider([['viewer'], ['viewer', 'operator'], ['nobody']], lifetimeS)
  const deployment = await createDeployment(provider.settings)
  const port = await portOf(deployment.start('api/main.ts'))
  const ask = async (query: string, headers: Record<string, string>) => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    })
    return { status: response.status, body: (await response.json()) as Body, headers: response.headers }
  }
  return { provider, deployment, port, ask }
}
type Body = {
  data?: Record<string, Record<string, unknown> | null> | null
  errors?: { extensions: { code: string } }[]
}

const WHO = '{ identity { name subject issuer roles isLocalMode } }'

it('a program that its provider vouches for asks by its roles, and nobody else does', async () => {
  const { provider, ask, port } = await openApi()
  const program = bearer(await provider.token('viewer', 'operator'))
  const name = 'viewer.operator'
  expect((await ask(WHO, program)).body.data?.['identity']).toEqual({
    ...{ name, subject: name, issuer: provider.issuer, roles: ['VIEWER', 'OPERATOR'], isLocalMode: false },
  })
  const unknown = await ask(WHO, {})
  expect([unknown.status, unknown.body.errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
  expect(unknown.headers.get('www-authenticate')).toContain('Bearer realm="rollcall"')
  expect((await ask(WHO, bearer(await provider.token('nobody')))).status).toBe(403)
  const forbidden = await ask(
    '{ controlEvents { totalCount { value } } }',
    bearer(await provider.token('viewer')),
  )
  expect(forbidden.body.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  const ready = (await (await fetch(`http://${HOST}:${port}/ready`)).json()) as { parts: object }
  expect(ready.parts).toMatchObject({ identity: { ok: true } })
})

it('a command is audited under the name that its token proves, also if it is refused for its role', async () => {
  const { provider, ask, deployment } = await openApi()
  const pause = 'mutation { pauseIngestion(reason: "") { ... on Error { message } } }'
  await ask(pause, bearer(await provider.token('viewer')))
  await ask(pause, bearer(await provider.token('viewer', 'operator')))
  const rows =
    await deployment.sql`select actor, command, result, detail->>'refusal' as refusal from control_event order by id`
  const refused = { command: 'pause', result: 'refused' }
  expect(rows).toEqual([
    // Of the role, which the workflow never hears of, and of the reason.
    {
      actor: `viewer (${provider.issuer})`,
      ...refused,
      refusal: expect.stringContaining('needs the role operator') as string,
    },
    {
      actor: `viewer.operator (${provider.issuer})`,
      ...refused,
      refusal: expect.stringContaining('reason') as string,
    },
  ])
})

it('keys may change, and their provider may be away, while tokens go on', async () => {
  const { provider, ask } = await openApi()
  const before = bearer(await provider.token('viewer'))
  expect((await ask(WHO, before)).status).toBe(200)
  await provider.rotate()
  const after = bearer(await provider.token('viewer'))
  await eventually(async () => {
    expect((await ask(WHO, after)).status).toBe(200)
  })
  const another = bearer(await provider.token('viewer'))
  await provider.stop()
  expect((await ask(WHO, another)).status).toBe(200)
  expect((await ask(WHO, after)).status).toBe(200)
})

it('a subscription ends with the token that it was asked with', async () => {
  const { provider, port } = await openApi(1)
  const question = 'subscription { batches { edges { cursor } } }'
  const subscription = await subscribe(port, question, bearer(await provider.token('viewer')))
  await eventually(() => {
    expect(subscription.events).toHaveLength(1)
  })
  await subscription.ended
  expect(subscription.events[0]?.answer.errors).toBeUndefined()
})

it('without identity an API starts on no other address than loopback, unless it is asked for by name', async () => {
  const deployment = await createDeployment()
  const refused = deployment.start('api/main.ts', { API_HOST: '0.0.0.0' })
  expect(await refused.exited).toBe(1)
  expect(JSON.stringify(refused.log())).toContain('API_WITHOUT_IDENTITY=true')
  const open = deployment.start('api/main.ts', { API_HOST: '0.0.0.0', API_WITHOUT_IDENTITY: 'true' })
  const port = await portOf(open)
  expect(JSON.stringify(open.log())).toContain('local mode')
  const ready = (await (await fetch(`http://${HOST}:${port}/ready`)).json()) as { parts: object }
  expect(ready.parts).toMatchObject({
    identity: { message: expect.stringContaining('local mode') as string },
  })
})
