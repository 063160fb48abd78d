import { expect, it } from 'vitest'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import { RefusedIdentity, unauthenticated } from '../context/refused-identity.ts'
import { createRefusalCounter } from './count-refusals.ts'

function counter() {
  const events: AuditEvent[] = []
  const record = (event: AuditEvent) => {
    events.push(event)
    return Promise.resolve(true)
  }
  const { count, flush } = createRefusalCounter({ record }, () => Date.UTC(2026, 2, 1))
  return { events, count, flush }
}

it('however often a source is refused, the audit has one event of it for each reason', async () => {
  const { events, count, flush } = counter()
  for (let i = 0; i < 1_000; i++) count('10.0.0.1', unauthenticated('the token \u202e is expired'))
  count('10.0.0.1', new RefusedIdentity('FORBIDDEN', 'no role'))
  count(null, unauthenticated('no token'))
  await flush()
  expect(events.map(({ detail }) => detail)).toMatchObject([
    { address: '10.0.0.1', code: 'UNAUTHENTICATED', refusal: 'the token \ufffd is expired', count: 1_000 },
    { address: '10.0.0.1', code: 'FORBIDDEN', count: 1 },
    { address: null, count: 1 },
  ])
  await flush()
  expect(events).toHaveLength(3)
})

it('more sources than anybody reads share an event', async () => {
  const { events, count, flush } = counter()
  for (let i = 0; i < 5_000; i++) count(`10.0.${i >> 8}.${i & 255}`, unauthenticated('no token'))
  await flush()
  expect(events).toHaveLength(101)
  expect(events.at(-1)?.detail).toMatchObject({ address: null, count: 4_900 })
})
