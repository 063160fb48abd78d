import { expect, it } from 'vitest'
import { HEALTH_QUESTION } from '../../../cli/health-question.ts'
import { byRoles } from '../../identity/roles-fixture.ts'
import { serve } from '../../server-fixture.ts'

it('what the command line asks is answered while every part is away', async () => {
  const { ask } = serve()
  const { data, errors } = await ask(HEALTH_QUESTION)
  expect(errors).toBeUndefined()
  expect(data?.['health']).toMatchObject({
    severity: 'PAGE',
    lag: null,
    partitions: [],
    unsettledBatches: null,
    workers: null,
    schemaVersion: null,
    problems: [
      { kind: 'COMPONENT_UNAVAILABLE' },
      { kind: 'COMPONENT_UNAVAILABLE' },
      { kind: 'COMPONENT_UNAVAILABLE' },
    ],
  })
})

it('who may not see failures is shown no address, certificate or words of a driver', async () => {
  const dependency = {
    ...{
      kind: 'kafka' as const,
      address: 'kafka.example:9093',
      isUp: false,
      latencyMs: null,
      message: 'a secret',
    },
    ...{
      delayMs: null,
      isEncrypted: true,
      certificate: { names: ['kafka.example'], expiresAt: new Date(0) },
    },
  }
  const { ask } = serve({ identity: byRoles, dependencies: () => Promise.resolve([dependency]) })
  const viewer = await ask(HEALTH_QUESTION, { authorization: 'Bearer viewer' })
  expect(viewer.errors).toBeUndefined()
  expect(JSON.stringify(viewer)).not.toMatch(/kafka\.example|a secret/)
  expect(JSON.stringify(await ask(HEALTH_QUESTION, { authorization: 'Bearer operator' }))).toMatch(
    /kafka\.example/,
  )
})
