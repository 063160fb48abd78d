import { expect, it } from 'vitest'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import type { Role } from '../../domain/access/role.ts'
import { serve } from '../server-fixture.ts'

function serveTo(roles: readonly Role[]) {
  const events: AuditEvent[] = []
  const actor = { issuer: 'https://id.example', subject: 's1', name: 'ann', roles, validUntilMs: null }
  const { post } = serve({
    identity: {
      mode: 'oidc',
      identify: () => Promise.resolve(actor),
      check: () => Promise.resolve(undefined),
    },
    audit: {
      record: (event) => {
        events.push(event)
        return Promise.resolve(true)
      },
    },
  })
  return { events, post }
}

it('a command that is refused for a role is in the audit under its own name, each of several by its alias', async () => {
  const { events, post } = serveTo(['viewer'])
  await post({
    query: `mutation ($why: String!) {
      one: pauseIngestion(topic: "logins", reason: $why) { ... on Error { message } }
      two: skipBatch(batchId: "7", reason: "b") { ... on Error { message } } }`,
    variables: { why: 'line\nbreak' },
  })
  const actor = { issuer: 'https://id.example', subject: 's1', name: 'ann', verified: true }
  const refusal = expect.stringContaining('needs the role operator') as string
  expect(events).toMatchObject([
    {
      kind: 'command',
      actor,
      result: 'refused',
      detail: { command: 'pause', topic: 'logins', reason: 'line\ufffdbreak', facts: { refusal } },
    },
    { detail: { command: 'skip', topic: 'user-login', reason: 'b', facts: { refusal } } },
  ])
})

it('a command with variables that are none is in the audit', async () => {
  const { events, post } = serveTo(['operator'])
  const query =
    'mutation ($on: [Int!]) { pauseIngestion(partitions: $on, reason: "why") { ... on Error { message } } }'
  await post({ query, variables: { on: ['x'] } })
  expect(events).toMatchObject([{ result: 'refused', detail: { command: 'pause', reason: '' } }])
})

it('neither a question that is refused nor a command that failed is taken for a refused command', async () => {
  const { events, post } = serveTo(['viewer'])
  await post({ query: '{ controlEvents { totalCount { value } } }' })
  const operator = serveTo(['operator'])
  await operator.post({ query: 'mutation { pauseIngestion(reason: "why") { ... on Error { message } } }' })
  expect([...events, ...operator.events]).toEqual([])
})
